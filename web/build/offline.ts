/** Tells the service worker which files to keep: all of the build, with a fingerprint of them. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

export const OFFLINE = "offline.js";
/** Only browsers without vector instructions need it, which are old. They fetch it, and do without keeping it. */
const RARE = /tesseract-core-lstm/;

export const offlineFiles: Plugin = {
  name: "offline-files",
  apply: (_, { command, isSsrBuild }) => command === "build" && !isSsrBuild,
  writeBundle: {
    order: "post",
    sequential: true,
    handler({ dir = "dist" }) {
      const files = readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
        .filter((name) => name !== OFFLINE && !RARE.test(name))
        .sort();
      const hash = createHash("sha256");
      for (const name of files) hash.update(name).update(readFileSync(path.join(dir, name)));
      const build = {
        version: hash.digest("hex").slice(0, 16),
        files: files.map((name) => (name === "index.html" ? "./" : `./${name}`)),
      };
      const worker = path.join(dir, OFFLINE);
      writeFileSync(worker, `const BUILD = ${JSON.stringify(build)};\n${readFileSync(worker, "utf8")}`);
    },
  },
};
