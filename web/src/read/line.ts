/**
 * Lays a printed line out straight, so that Tesseract sees that line alone, dark on white, at the size it likes.
 *
 * The rules are those of `evaluate/line.py`. All of it happens at the picture's own resolution: the detector may have
 * looked at a small copy.
 */
import type { Box } from "../eye/suppression";
import { withoutRules } from "./ink";
import { between, greatest, least, percentile, roundEven } from "./numbers";
import { bentGrid, sample } from "./path";
import { gaussianBlurred, type Grey, medianBlurred } from "./raster";
import { type Trace } from "./trace";

/** White above and below the line, as a share of the result's height. */
const MARGIN = 0.12;
/** A gap of so many x-heights ends the line. */
const COLUMN_GAP = 4;
/** White kept behind the end of the line, in x-heights. */
const PADDING = 2;
/** Darker pixels of a straightened line are ink; its paper is 255. */
export const INK = 190;

/** One straightened line, from just before the prefix to its right end. */
export interface Line {
  /** Dark ink on white paper, nothing of the neighbouring lines. */
  readonly pixels: Grey;
  /** Height of a small letter, in pixels of `pixels`. */
  readonly xHeight: number;
  /** Upright box around the strip in the original picture. */
  readonly box: Box;
  /** Pixels of `pixels` per pixel of the original picture. */
  readonly scale: number;
}

/** Column of the original picture where the line's ink ends. */
export function endOf(line: Line): number {
  return line.box.x + line.box.width - (PADDING * line.xHeight) / line.scale;
}

/** The same line out of focus, by a Gaussian of that many x-heights: dots of a matrix printer become strokes. */
export function softened(line: Line, sigma: number): Line {
  return { ...line, pixels: gaussianBlurred(line.pixels, sigma * line.xHeight) };
}

/**
 * The traced line as a straight strip.
 *
 * @param grey the whole picture
 * @param traced the line in it
 * @param sure columns between which there is text of the line for certain: the strip begins with the first, and the
 *   ink between them says how dark its ink is, since a link may be paler than the words around it
 * @param height of the strip, pixels
 */
export function layOut(grey: Grey, traced: Trace, sure: readonly [number, number], height: number): Line {
  const margin = MARGIN * height;
  const scale = (height - 2 * margin) / Math.max(traced.bottom - traced.top, 1);
  const columns = evenSteps(traced, sure[0], scale);
  const rows = Float64Array.from({ length: height }, (_, i) => traced.top + (i + 0.5 - margin) / scale);
  const grid = bentGrid(traced.path, columns, rows);
  const xHeight = traced.xHeight * scale;
  const inside = columns.filter((x) => x < sure[1]).length;
  const strip = even(sample(grey, grid, scale), xHeight, inside);
  const pixels = untilBlank(strip, xHeight);
  const edge = roundEven(margin);
  pixels.data.fill(255, 0, edge * pixels.width);
  pixels.data.fill(255, (height - edge) * pixels.width);
  const [left, top] = [least(grid.x), least(grid.y)];
  const shown = bentGrid(traced.path, columns.subarray(0, pixels.width), rows);
  const box = { x: left, y: top, width: greatest(shown.x) - left, height: greatest(shown.y) - top };
  return { pixels, xHeight, box, scale };
}

/** Columns of the picture at even steps along the line. */
function evenSteps(traced: Trace, start: number, scale: number): Float64Array {
  const stop = Math.max(traced.path.x.at(-1)!, start + 2);
  const coarse = Float64Array.from({ length: 512 }, (_, i) => start + ((stop - start) * i) / 511);
  const heights = coarse.map((x) => traced.path.middle(x));
  const along = new Float64Array(512);
  for (let i = 1; i < 512; i += 1) {
    along[i] = along[i - 1]! + Math.hypot(coarse[i]! - coarse[i - 1]!, heights[i]! - heights[i - 1]!);
  }
  const count = Math.trunc(along[511]! * scale);
  return Float64Array.from({ length: count }, (_, i) => between((i + 0.5) / scale, along, coarse));
}

/** Dark ink on white paper: light evened out, contrast stretched, underlines taken away. */
function even(strip: Grey, xHeight: number, sure: number): Grey {
  const { width, height, data } = strip;
  const size = Math.min(Math.trunc(3 * xHeight) | 1, 255);
  const paper = medianBlurred(strip, size).data;
  let lighter = 0;
  for (let i = 0; i < paper.length; i += 1) lighter += data[i]! - paper[i]!;
  const sign = lighter > 0 ? -1 : 1;
  const ink = new Float32Array(data.length);
  for (let i = 0; i < ink.length; i += 1) ink[i] = Math.max(sign * (paper[i]! - data[i]!), 0);
  const strong = Math.max(
    percentile(
      ink.filter((_, i) => i % width < sure),
      0.99,
    ),
    40,
  );
  for (let i = 0; i < ink.length; i += 1) ink[i] = Math.min(ink[i]! / strong, 1);
  const letters = withoutRules({ width, height, data: ink }, Math.max(Math.trunc(4 * xHeight), 3)).data;
  const even = new Uint8ClampedArray(data.length);
  for (let i = 0; i < even.length; i += 1) even[i] = 255 * (1 - letters[i]!);
  return { width, height, data: even };
}

/** The strip up to the first gap that is wider than any within a sentence: what follows is another column. */
function untilBlank(strip: Grey, xHeight: number): Grey {
  const blank = blankColumns(strip);
  const inked = [...blank.keys()].filter((x) => !blank[x]);
  const wide = inked.findIndex((x, i) => (inked[i + 1] ?? x) - x > Math.trunc(COLUMN_GAP * xHeight));
  const end = (wide >= 0 ? inked[wide] : inked.at(-1)) ?? 0;
  const width = Math.min(end + Math.trunc(PADDING * xHeight), strip.width);
  const data = new Uint8ClampedArray(width * strip.height);
  for (let y = 0; y < strip.height; y += 1) {
    data.set(strip.data.subarray(y * strip.width, y * strip.width + width), y * width);
  }
  return { width, height: strip.height, data };
}

/** Which columns of a straightened line have no ink. */
export function blankColumns({ width, data }: Grey): boolean[] {
  const blank = new Array<boolean>(width).fill(true);
  for (let i = 0; i < data.length; i += 1) if (data[i]! < INK) blank[i % width] = false;
  return blank;
}
