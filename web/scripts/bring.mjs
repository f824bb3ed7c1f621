// Brings into public/ what the page loads by fixed names: the detector, and Tesseract with its English data.
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const web = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const model = path.resolve(web, process.env.INKLINK_MODEL ?? "../models/detector/small/tfjs");
const require = createRequire(import.meta.url);
const packageFolder = (/** @type {string} */ name) => path.dirname(require.resolve(`${name}/package.json`));

if (!existsSync(path.join(model, "model.json"))) {
  process.stderr.write(
    `There is no model.json in ${model}: convert a run by \`python -m train convert run=RUN quantise=float16\`, ` +
      "and name its folder by INKLINK_MODEL.\n",
  );
  process.exit(2);
}

const core = packageFolder("tesseract.js-core");
const cores = ["tesseract-core-simd-lstm", "tesseract-core-lstm"].flatMap((name) => [`${name}.js`, `${name}.wasm`]);
const ocr = [
  path.join(packageFolder("tesseract.js"), "dist/worker.min.js"),
  path.join(packageFolder("@tesseract.js-data/eng"), "4.0.0_best_int/eng.traineddata.gz"),
  ...cores.map((file) => path.join(core, file)),
];

rmSync(path.join(web, "public/ocr"), { recursive: true, force: true });
rmSync(path.join(web, "public/model"), { recursive: true, force: true });
mkdirSync(path.join(web, "public/ocr"), { recursive: true });
for (const file of ocr) cpSync(file, path.join(web, "public/ocr", path.basename(file)));
cpSync(model, path.join(web, "public/model"), { recursive: true });
