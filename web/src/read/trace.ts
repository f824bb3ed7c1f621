/**
 * Follows a printed line from its prefix to the right: where its middle runs, and how far it reaches up and down.
 *
 * The rules are those of `evaluate/trace.py`, so that a link is read here as it was when the detector was scored.
 */
import type { Box } from "../eye/suppression";
import { inkOf, inkRows, UNIT } from "./ink";
import { clamp, greatest, indexOfMost, least, roundEven, smooth, steps } from "./numbers";
import { Path, stripAlong } from "./path";
import { cut, type Grey, mirrored, scaled } from "./raster";

const MAX_SLOPE_DEG = 20;
const STEP_DEG = 0.5;
const WINDOW = 5;
const STEP = 2.5;

/** One line: its middle, its limits relative to the middle (`top` is negative), its x-height; in pixels. */
export interface Trace {
  readonly path: Path;
  readonly top: number;
  readonly bottom: number;
  readonly xHeight: number;
}

/**
 * Follows the line that a prefix stands on.
 *
 * @param grey the whole picture
 * @param prefix its box
 * @param maxWidth how far to follow the line, in heights of the prefix
 */
export function trace(grey: Grey, prefix: Box, maxWidth: number): Trace {
  const path = follow(grey, prefix, maxWidth * unitOf(prefix));
  return { path, ...limits(grey, path, prefix) };
}

/** The path of a traced line, carried on to the left of `start` by `reach` pixels or to the picture's edge. */
export function leftwards(grey: Grey, traced: Trace, start: Box, reach: number): Path {
  const flipped = { ...start, x: grey.width - start.x - start.width };
  const back = follow(mirrored(grey), flipped, reach);
  const left = [...back.x.keys()].filter((i) => back.x[i]! > flipped.x + flipped.width).reverse();
  // Both begin in the middle of `start`, where they may differ by a fraction of a pixel.
  const jump = traced.path.middle(start.x) - back.middle(grey.width - start.x);
  const right = [...traced.path.x.keys()].filter((i) => traced.path.x[i]! >= start.x);
  return new Path(
    Float64Array.from([...left.map((i) => grey.width - back.x[i]!), ...right.map((i) => traced.path.x[i]!)]),
    Float64Array.from([...left.map((i) => back.y[i]! + jump), ...right.map((i) => traced.path.y[i]!)]),
  );
}

function unitOf(box: Box): number {
  return Math.max(box.height, box.width / 4, 2);
}

function follow(grey: Grey, prefix: Box, reach: number): Path {
  const unit = unitOf(prefix);
  const centre = { x: prefix.x + prefix.width / 2, y: prefix.y + prefix.height / 2 };
  const slope = slopeOf(grey, centre, prefix, unit);
  const start = prefix.x - unit;
  const end = Math.max(Math.min(grey.width, prefix.x + prefix.width + reach), centre.x + unit);
  const ends = Float64Array.of(start, end);
  const straight = new Path(
    ends,
    ends.map((x) => centre.y + slope * (x - centre.x)),
  );
  const columns = steps(centre.x, end, STEP * unit);
  const offsets = offsetsOf(grey, straight, columns, unit, prefix.width);
  const nodes = Float64Array.from([start, ...columns, end]); // up to the very end: a link may fill its line
  const off = [offsets[0]!, ...offsets, offsets.at(-1)!];
  return new Path(
    nodes,
    nodes.map((x, i) => straight.middle(x) + off[i]!),
  );
}

/** Slope (dy/dx) at which the rows of ink around the prefix are sharpest. */
function slopeOf(grey: Grey, centre: { x: number; y: number }, prefix: Box, unit: number): number {
  const scale = UNIT / unit;
  const left = Math.max(Math.trunc(prefix.x - 6 * unit), 0);
  const right = Math.trunc(prefix.x + prefix.width + 12 * unit);
  const part = cut(grey, left, Math.trunc(centre.y - 5 * unit), right, Math.trunc(centre.y + 5 * unit));
  if (!part) return 0;
  const ink = inkOf(scaled(part, scale));
  const dots = [...ink.data.keys()].filter((i) => ink.data[i]! > 0.15);
  if (!dots.length) return 0;
  const rows = Float64Array.from(dots, (i) => Math.floor(i / ink.width));
  const away = Float64Array.from(dots, (i) => (i % ink.width) - (centre.x - left) * scale);
  const weights = Float64Array.from(dots, (i) => ink.data[i]!);
  let best = 0;
  for (const [reach, step] of [
    [MAX_SLOPE_DEG, STEP_DEG],
    [STEP_DEG, STEP_DEG / 5],
  ] as const) {
    const degrees = steps(best - reach, best + reach + step / 2, step);
    best = degrees[indexOfMost(degrees.map((angle) => sharpness(angle, rows, away, weights)))]!;
  }
  return Math.tan((best * Math.PI) / 180);
}

/** How much the ink differs from row to row, if rows had that slope. */
function sharpness(degrees: number, rows: Float64Array, away: Float64Array, weights: Float64Array): number {
  const tangent = Math.tan((degrees * Math.PI) / 180);
  const places = new Float64Array(rows.length);
  for (let i = 0; i < places.length; i += 1) places[i] = rows[i]! - tangent * away[i]!;
  const first = least(places);
  const profile = new Float64Array(Math.round(greatest(places) - first) + 1);
  for (let i = 0; i < places.length; i += 1) profile[Math.round(places[i]! - first)]! += weights[i]!;
  let sum = 0;
  for (let i = 1; i < profile.length; i += 1) sum += (profile[i]! - profile[i - 1]!) ** 2;
  // A mild preference for level lines decides where there is next to no ink.
  return sum * (1 - 0.1 * Math.abs(tangent));
}

/**
 * How far the line leaves a straight path at some columns, in pixels of the picture, down is positive.
 *
 * Each window is aligned with the mean row profile of those before it; windows without ink keep their course.
 */
function offsetsOf(grey: Grey, path: Path, columns: Float64Array, unit: number, prefixWidth: number): Float64Array {
  const scale = UNIT / unit;
  const [half, room] = [2 * UNIT, UNIT];
  const offsets = new Float64Array(columns.length);
  let template = inkRows(stripAround(grey, path, columns[0]!, prefixWidth, 0, scale, half));
  let drift = 0;
  for (let i = 1; i < columns.length; i += 1) {
    const expected = offsets[i - 1]! + drift;
    const profile = inkRows(stripAround(grey, path, columns[i]!, WINDOW * unit, expected, scale, half + room));
    const shift = bestShift(profile, template, room);
    offsets[i] = shift === null ? expected : expected + shift / scale;
    if (shift === null) continue;
    template = template.map((value, row) => 0.7 * value + 0.3 * profile[room + shift + row]!);
    drift = 0.5 * drift + 0.5 * (offsets[i]! - offsets[i - 1]!);
  }
  return offsets;
}

/** A strip of the line around a column: rows −half…half around its middle, at `scale` pixels a pixel. */
function stripAround(
  grey: Grey,
  path: Path,
  column: number,
  width: number,
  offset: number,
  scale: number,
  half: number,
): Grey {
  const xs = steps(column - width / 2, column + width / 2, 1 / scale);
  const rows = Float64Array.from({ length: 2 * half + 1 }, (_, i) => (i - half) / scale + offset);
  return stripAlong(grey, path, xs, rows, scale);
}

/** Rows by which the profile lies lower than the template; null where nothing stands out. */
function bestShift(profile: Float64Array, template: Float64Array, room: number): number | null {
  if (greatest(profile) < 0.02) return null;
  const reach = Math.floor(room / 3);
  const shifts = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  const away = (values: Float64Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const wanted = away(template);
  const scores = shifts.map((shift) => {
    const window = away(profile.subarray(room + shift, room + shift + template.length));
    return window.reduce((sum, value, i) => sum + value * wanted[i]!, 0);
  });
  // Close calls go to the smallest move.
  const most = indexOfMost(scores.map((score, i) => score * (1 - 0.01 * Math.abs(shifts[i]!))));
  return Math.max(...scores) > 0 ? shifts[most]! : null;
}

/** Upper and lower limit of the line relative to its middle, and its x-height, in pixels of the picture. */
function limits(grey: Grey, path: Path, prefix: Box): { top: number; bottom: number; xHeight: number } {
  const slope = path.slope(prefix.x + prefix.width / 2);
  // The upright box of a slanting word is taller than the word.
  const upright = Math.max(prefix.height - Math.abs(slope) * prefix.width, 0.3 * prefix.height);
  const unit = unitOf({ ...prefix, height: upright });
  const scale = UNIT / unit;
  const half = 3 * UNIT;
  const width = prefix.width + 6 * unit;
  const profile = smooth(inkRows(stripAround(grey, path, prefix.x + width / 2, width, 0, scale, half)));
  const height = upright * scale;
  const reach = Math.max(roundEven(height / 2), 3);
  const most = greatest(profile.subarray(half - reach, half + reach + 1));
  const isBusy = (row: number) => profile[row]! >= 0.5 * most;
  let [first, last] = [half - reach, Math.min(half + reach, profile.length - 1)];
  while (!isBusy(first)) first += 1;
  while (!isBusy(last)) last -= 1;
  const xHeight = Math.max(last - first + 1, 0.4 * UNIT);
  // The prefix may be `www.`, which has nothing above or below its small letters, but other letters of the line do.
  const upper = thinnest(profile, first - 1.3 * xHeight, Math.min(first - 0.45 * xHeight, half - 0.5 * height));
  const lower = thinnest(profile, Math.max(last + 0.35 * xHeight, half + 0.5 * height), last + xHeight);
  return { top: (upper - half) / scale, bottom: (lower - half) / scale, xHeight: xHeight / scale };
}

/** The row with least ink between two rows, the middle one of several. */
function thinnest(profile: Float64Array, start: number, stop: number): number {
  const first = clamp(Math.trunc(start), profile.length);
  const last = Math.max(clamp(Math.trunc(stop), profile.length), first);
  const rows = [...steps(first, last + 1, 1)];
  const bar = Math.min(...rows.map((row) => profile[row]!)) + 0.02 * greatest(profile);
  const thin = rows.filter((row) => profile[row]! <= bar);
  return thin[thin.length >> 1]!;
}
