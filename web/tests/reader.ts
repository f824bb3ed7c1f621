/**
 * The page's reader for tests/web/test_reader.py, which holds it against Python's: lines in, lines out, in JSON.
 *
 * In: {grey: base64 of its bytes, width, height, box: [x, y, width, height]}. Out: the straightened line, {width,
 * height, pixels: base64, next: [x, y, width, height] or null}. Or in: {text}, out: {link, doubt, address, opens}.
 */
import process from "node:process";
import readline from "node:readline";
import { layOut } from "../src/read/line";
import { trace } from "../src/read/trace";
import { destination, extract, isAddress, linkOf } from "../src/read/url";
import { nextLine } from "../src/read/wrapping";

interface Picture {
  readonly grey: string;
  readonly width: number;
  readonly height: number;
  readonly box: readonly [number, number, number, number];
}

function laidOut({ grey, width, height, box }: Picture): unknown {
  const picture = { width, height, data: new Uint8ClampedArray(Buffer.from(grey, "base64")) };
  const prefix = { x: box[0], y: box[1], width: box[2], height: box[3] };
  const traced = trace(picture, prefix, 60);
  const { pixels } = layOut(picture, traced, [prefix.x - 0.35 * traced.xHeight, prefix.x + prefix.width], 64);
  const next = nextLine(picture, traced, prefix);
  return {
    width: pixels.width,
    height: pixels.height,
    pixels: Buffer.from(pixels.data).toString("base64"),
    next: next && [next.x, next.y, next.width, next.height],
  };
}

function extracted(text: string): unknown {
  const found = extract(text);
  const link = linkOf(found);
  return { link, doubt: found.doubt, address: isAddress(link), opens: destination(link) };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line) as Picture | { readonly text: string };
  const answer = "text" in asked ? extracted(asked.text) : laidOut(asked);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
