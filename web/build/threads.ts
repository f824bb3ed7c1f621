/**
 * TensorFlow.js starts its threads from the source text of a function, so that text must stand alone. A bundler ties
 * two names in it to code outside: `require`, which only Node reaches there, and `_scriptDir`, which may be missing.
 */
import type { Plugin } from "vite";

export const selfContainedThreads: Plugin = {
  name: "self-contained-threads",
  transform(code, id) {
    if (!/wasm-out.*threaded.*\.js/.test(id)) return null;
    const inner = code.replace(/^.*\b_scriptDir = .*$/gm, "").replace(/\b_scriptDir\b/g, "self._scriptDir");
    return inner.replaceAll("require(", "self.require(");
  },
};
