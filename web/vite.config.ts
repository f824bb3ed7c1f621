import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { defineConfig, type Plugin } from "vite";
import { HEADERS } from "./headers.mjs";

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

/** Writes into the service worker which files it keeps: all of the build, with a fingerprint of them. */
const offlineFiles: Plugin = {
  name: "offline-files",
  apply: "build",
  writeBundle({ dir = "dist" }) {
    const worker = path.join(dir, "offline.js");
    const files = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
      .filter((name) => name !== "offline.js")
      .sort();
    const hash = createHash("sha256");
    for (const name of files) hash.update(name).update(readFileSync(path.join(dir, name)));
    const build = {
      version: hash.digest("hex").slice(0, 16),
      files: files.map((name) => (name === "index.html" ? "./" : `./${name.split(path.sep).join("/")}`)),
    };
    writeFileSync(worker, `const BUILD = ${JSON.stringify(build)};\n${readFileSync(worker, "utf8")}`);
  },
};

export default defineConfig({
  base: "./",
  plugins: [offlineFiles],
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 1500,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { page: "index.html", offline: "src/offline/worker.ts" },
      output: { entryFileNames: ({ name }) => (name === "offline" ? "offline.js" : "assets/[name]-[hash].js") },
    },
  },
  worker: { format: "es", plugins: () => [selfContainedThreads] },
  server: { headers: HEADERS },
});
