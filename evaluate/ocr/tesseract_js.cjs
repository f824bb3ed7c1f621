// Reads pictures with tesseract.js, offline, for evaluate/ocr/tesseract_js.py.
//
//   node tesseract_js.cjs NODE_MODULES
//
// One JSON object a line: {"png": base64, "mode": "7"} in, {"words": [{text, box, confidence, letters}]} out, boxes as
// [x0, y0, x1, y1], and beside the words what was used so far: {cpu_s, peak_bytes}. The first line out: {"ready": true}.
"use strict";
const path = require("node:path");
const readline = require("node:readline");
const { createRequire } = require("node:module");

const fromModules = createRequire(path.resolve(process.argv[2], "evaluate.cjs"));
const corners = ({ x0, y0, x1, y1 }) => [x0, y0, x1, y1];
const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\n");

async function main() {
  const { createWorker, OEM } = fromModules("tesseract.js");
  const data = path.dirname(fromModules.resolve("@tesseract.js-data/eng/package.json"));
  const worker = await createWorker("eng", OEM.LSTM_ONLY, {
    langPath: path.join(data, "4.0.0_best_int"),
    cacheMethod: "none",
    gzip: true,
  });
  say({ ready: true });
  let mode = null;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (request.mode !== mode) {
      await worker.setParameters({ tessedit_pageseg_mode: request.mode });
      mode = request.mode;
    }
    const { data: found } = await worker.recognize(Buffer.from(request.png, "base64"), {}, { blocks: true });
    const lines = (found.blocks ?? []).flatMap((block) => block.paragraphs).flatMap((paragraph) => paragraph.lines);
    const used = process.resourceUsage();
    say({
      cpu_s: (used.userCPUTime + used.systemCPUTime) / 1e6,
      peak_bytes: used.maxRSS * 1024,
      words: lines.flatMap((each) => each.words).map((word) => ({
        text: word.text,
        box: corners(word.bbox),
        confidence: word.confidence / 100,
        letters: word.symbols.map((symbol) => ({ text: symbol.text, box: corners(symbol.bbox) })),
      })),
    });
  }
  await worker.terminate();
}

main().catch((error) => {
  process.stderr.write(`${error.message ?? error}\n`);
  process.exitCode = 1;
});
