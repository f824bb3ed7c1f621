/** Brings into the page what it loads by fixed names: the detector, and Tesseract with its English data. */
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import type { Plugin } from "vite";

const require = createRequire(import.meta.url);
const inPackage = (name: string, ...file: string[]) =>
  path.join(path.dirname(require.resolve(`${name}/package.json`)), ...file);

/** With and without vector instructions; what comes with `lstm` lacks Tesseract's older engine, which nobody asks. */
const CORES = ["tesseract-core-simd-lstm", "tesseract-core-lstm"];

/** @param model folder with model.json, its weights and signature.json */
export function brought(model: string): Plugin {
  const ocr = [
    inPackage("tesseract.js", "dist/worker.min.js"),
    inPackage("@tesseract.js-data/eng", "4.0.0_best_int/eng.traineddata.gz"),
    ...CORES.flatMap((core) => [".js", ".wasm"].map((ending) => inPackage("tesseract.js-core", core + ending))),
  ];
  return {
    name: "brought",
    apply: (_, { command, isSsrBuild }) => command === "build" && !isSsrBuild,
    buildStart() {
      const lacking = ["model.json", "signature.json"].find((name) => !existsSync(path.join(model, name)));
      if (!lacking) return;
      process.stderr.write(
        `There is no ${lacking} in ${model}: name the folder of a converted detector by INKLINK_MODEL ` +
          "(python -m train convert run=RUN quantise=float16 makes one).\n",
      );
      process.exit(2);
    },
    writeBundle({ dir = "dist" }) {
      mkdirSync(path.join(dir, "ocr"), { recursive: true });
      for (const file of ocr) cpSync(file, path.join(dir, "ocr", path.basename(file)));
      cpSync(model, path.join(dir, "model"), { recursive: true });
    },
  };
}
