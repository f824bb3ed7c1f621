import { defineConfig, type Plugin } from "vite";

// The threaded WebAssembly needs a cross-origin isolated page; serve.mjs sends the same two headers.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * TensorFlow.js starts its threads from the source text of a function, so that text must stand alone. A bundler ties
 * two names in it to code outside: `require`, which only Node reaches there, and `_scriptDir`, which may be missing.
 */
const selfContainedThreads: Plugin = {
  name: "self-contained-threads",
  transform(code, id) {
    if (!/wasm-out.*threaded.*\.js/.test(id)) return null;
    const inner = code.replace(/^.*\b_scriptDir = .*$/gm, "").replace(/\b_scriptDir\b/g, "self._scriptDir");
    return inner.replaceAll("require(", "self.require(");
  },
};

export default defineConfig({
  base: "./",
  build: { target: "es2022", chunkSizeWarningLimit: 1500, assetsInlineLimit: 0 },
  worker: { format: "es", plugins: () => [selfContainedThreads] },
  server: { headers },
  preview: { headers },
});
