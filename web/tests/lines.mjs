// Lays out lines as the page does, for tests/web/test_lines.py: `node lines.mjs BUILT_MODULES_FOLDER`.
//
// In, one JSON object a line: {grey: base64 of its bytes, width, height, box: [x, y, width, height], head}. Out: the
// straightened line, {width, height, pixels: base64, x_height, next: [x, y, width, height] or null}.
import path from "node:path";
import process from "node:process";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const built = (/** @type {string} */ name) => import(pathToFileURL(path.resolve(process.argv[2] ?? "", name)).href);
const [{ trace }, { layOut }, { nextLine }] = [
  await built("trace.js"),
  await built("line.js"),
  await built("wrapping.js"),
];

for await (const text of readline.createInterface({ input: process.stdin })) {
  const { grey, width, height, box } = JSON.parse(text);
  const picture = { width, height, data: new Uint8ClampedArray(Buffer.from(grey, "base64")) };
  const prefix = { x: box[0], y: box[1], width: box[2], height: box[3] };
  const traced = trace(picture, prefix, 60);
  const line = layOut(picture, traced, [prefix.x - 0.35 * traced.xHeight, prefix.x + prefix.width], 64);
  const next = nextLine(picture, traced, prefix);
  const { pixels } = line;
  const answer = {
    width: pixels.width,
    height: pixels.height,
    pixels: Buffer.from(pixels.data).toString("base64"),
    x_height: line.xHeight,
    next: next && [next.x, next.y, next.width, next.height],
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
