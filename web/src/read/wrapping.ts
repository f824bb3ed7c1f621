/**
 * Links that run over lines: where the next line begins, and whether the link goes on there. The rules are those of
 * `evaluate/wrapping.py`: by how the first part ends, by the room left in its line, by what the next line begins with.
 */
import type { Box } from "../eye/suppression";
import { type Extracted, extract, isAddress, linkOf } from "./url";
import { inkRows } from "./ink";
import { greatest, percentile, smooth, steps } from "./numbers";
import { stripAlong } from "./path";
import { type Grey } from "./raster";
import { leftwards, type Trace } from "./trace";

export const MOST_LINES = 4;
/** A gap of so many x-heights parts two columns. */
const COLUMN_GAP = 3;
/** So many x-heights of the next line are taken as certainly being text. */
const HEAD = 6;
const LINES_AROUND = 5;
/** Where so many letters would have fitted into the line, it was not broken for want of room. */
export const LONGEST_PIECE = 24;
/** Letters by which the room left in a line may be misjudged. */
const SLACK = 3;
/** Working size: pixels of an x-height. */
const ROWS = 12;

type Run = readonly [number, number];

/** The head of the line below, in the same column; null where there is no such line. */
export function nextLine(grey: Grey, traced: Trace, start: Box): Box | null {
  const scale = ROWS / traced.xHeight;
  const path = leftwards(grey, traced, start, grey.width);
  const right = start.x + start.width;
  const height = traced.bottom - traced.top;
  const columns = steps(path.x[0]!, right, 1 / scale);
  const here = stripAlong(grey, path, columns, steps(traced.top, traced.bottom, 1 / scale), scale);
  const rows = steps(traced.bottom, traced.bottom + 1.8 * height, 1 / scale);
  const own = runWith(blankColumns(here), columns.length - 1 - Math.trunc((start.width * scale) / 2));
  const below = stripAlong(grey, path, columns.subarray(own[0]), rows, scale);
  const band = firstBand(inkRows(below), Math.round(height * scale));
  if (!band) return null;
  const [top, bottom] = [rows[band[0]]!, rows[band[1]]!];
  // A hanging indent, or a first line's, lets the next line begin elsewhere: look at all of it.
  const line = stripAlong(grey, path, columns, steps(top, bottom + 1 / scale, 1 / scale), scale);
  const under = runsOf(blankColumns(line)).find((run) => run[1] >= own[0] && run[0] <= own[1]);
  if (!under) return null;
  const x = columns[under[0]]!;
  const width = Math.min(HEAD * traced.xHeight, Math.max(right - x, traced.xHeight));
  return { x, y: path.middle(x) + top, width, height: bottom - top };
}

/** First and last row of the small letters of the first line in a profile; a line has at most `most` rows. */
function firstBand(profile: Float64Array, most: number): Run | null {
  const rows = smooth(profile);
  const bar = Math.max(0.06 * greatest(rows), 0.004);
  const inked = runsWhere(rows.length, (row) => rows[row]! >= bar);
  const [first, last] = inked.find((run) => run[1] - run[0] + 1 >= ROWS >> 1) ?? [0, -1];
  const line = rows.subarray(first, Math.min(last + 1, first + most));
  if (!line.length) return null;
  const half = 0.5 * greatest(line);
  const full = [...line.keys()].filter((row) => line[row]! >= half);
  return [first + full[0]!, first + full.at(-1)!];
}

function blankColumns({ width, data }: Grey): boolean[] {
  const paper = data.length ? percentile(data, 0.5) : 255;
  const contrast = Float32Array.from(data, (value) => Math.abs(value - paper));
  const strong = Math.max(0.4 * percentile(contrast, 0.98), 25);
  const blank = new Array<boolean>(width).fill(true);
  for (let i = 0; i < contrast.length; i += 1) if (contrast[i]! >= strong) blank[i % width] = false;
  return blank;
}

/** Runs of text, (first column, last column), parted by gaps as wide as between columns. */
function runsOf(blank: readonly boolean[]): Run[] {
  const runs: [number, number][] = [];
  for (const [x, isBlank] of blank.entries()) {
    const last = runs.at(-1);
    if (isBlank) continue;
    if (last && x - last[1] <= COLUMN_GAP * ROWS) last[1] = x;
    else runs.push([x, x]);
  }
  return runs;
}

/** Runs of places where something holds, (first, last). */
function runsWhere(length: number, holds: (place: number) => boolean): Run[] {
  const runs: [number, number][] = [];
  for (let place = 0; place < length; place += 1) {
    if (!holds(place)) continue;
    const last = runs.at(-1);
    if (last?.[1] === place - 1) last[1] = place;
    else runs.push([place, place]);
  }
  return runs;
}

/** The run of text that holds a column, or the column alone. */
function runWith(blank: readonly boolean[], column: number): Run {
  return runsOf(blank).find((run) => run[0] <= column && column <= run[1]) ?? [column, column];
}

/** Pixels between column `end` and the right margin of its column of text, as the lines around show it. */
export function room(grey: Grey, traced: Trace, end: number): number {
  const scale = ROWS / traced.xHeight;
  const reach = LINES_AROUND * (traced.bottom - traced.top);
  const stop = Math.min(end + 100 * traced.xHeight, grey.width);
  const columns = steps(end - 2 * traced.xHeight, stop, 1 / scale);
  const strip = stripAlong(grey, traced.path, columns, steps(-reach, reach, 1 / scale), scale);
  const [first] = runsOf(blankColumns(strip));
  return first ? Math.max(columns[first[1]]! - end, 0) : 0;
}

/**
 * Whether a link goes on with the first word of the next line.
 *
 * @param found what was read so far
 * @param token the first word of the next line
 * @param fits so many letters more would have fitted into the link's line. A typesetter breaks a link because its next
 *   piece (up to the next dot, slash or the like) does not fit.
 */
export function goesOn(found: Extracted, token: string, fits: number): boolean {
  const word = token.replace(/[.,;:!?)\]}>'"]+$/, "");
  const piece = /^[^/.?&#-]*.?/.exec(word)?.[0] ?? "";
  if (!found.atEnd || piece.length < fits - SLACK || !mayFollow(found, word)) return false;
  if (!isAddress(linkOf(found))) return /^[\w-]+(\.\w|\/)/.test(word); // broken inside the host: https://www.
  const last = found.whole.at(-1)!;
  if (",;:!\"'".includes(last)) return false;
  // Behind a sentence stands a capital letter or a number, behind the dot of a name a small one.
  if (last === ".") return /^(?:[a-z]+([/_=&?%#~.]|$)|\w+[/_=&?%#~])/.test(word);
  if ("-_=&?%#~+".includes(last) || /[/_=&?%#~@]|\w\.\w/.test(word)) return true;
  return (last === "/" || /\d/.test(last)) && /\d/.test(word);
}

/** Whether a word can be a piece of an address at all, and is no address of its own. */
function mayFollow(found: Extracted, word: string): boolean {
  const plain = /^[a-zA-Z0-9/?&=#%~(_-]/.test(word) && (word.match(/\w/g)?.length ?? 0) >= 2;
  const own = extract(word);
  return plain && (!linkOf(own) || (own.prefix === "www." && found.whole.endsWith("//")));
}
