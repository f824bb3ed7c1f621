/**
 * Follows a printed line from its prefix to the right: where its middle runs, and how far it reaches up and down.
 *
 * The rules are those of `evaluate/trace.py`, so that a link is read here as it was when the detector was scored.
 */
import type { Box } from "../eye/suppression";
import {
  between,
  boxBlurred,
  clamp,
  cubic,
  cut,
  downColumn,
  type Grey,
  gaussianBlurred,
  mirrored,
  openedAlong,
  type Plane,
  percentile,
  scaled,
  steps,
} from "./raster";

/** Lines are followed at a scale where a unit (an x-height to a line height) has so many pixels. */
const UNIT = 12;
const MAX_SLOPE_DEG = 20;
const STEP_DEG = 0.5;
const WINDOW = 5;
const STEP = 2.5;

type Numbers = Float64Array;

/** Middle of a line: rows `y` of the picture at columns `x`, ascending, straight between them and beyond. */
export class Path {
  private readonly slopes: Numbers;

  constructor(
    readonly x: Numbers,
    readonly y: Numbers,
  ) {
    this.slopes = gradient(x, y);
  }

  middle(x: number): number {
    return between(x, this.x, this.y);
  }

  /** dy/dx, smoothed over neighbouring points. */
  slope(x: number): number {
    return between(x, this.x, this.slopes);
  }
}

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

/** Places in a picture, row by row. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Places at some distances `rows` square to a line, at its columns `xs`. */
export function bentGrid(path: Path, xs: Numbers, rows: Numbers): Grid {
  const [width, height] = [xs.length, rows.length];
  const grid = { width, height, x: new Float32Array(width * height), y: new Float32Array(width * height) };
  for (const [column, x] of xs.entries()) {
    const slope = path.slope(x);
    const middle = path.middle(x);
    const length = Math.hypot(1, slope);
    for (const [row, away] of rows.entries()) {
      grid.x[row * width + column] = x - (away * slope) / length;
      grid.y[row * width + column] = middle + away / length;
    }
  }
  return grid;
}

/** The picture at those places (the middle of the first pixel is at 0.5), softened first where it shrinks. */
export function sample(grey: Grey, grid: Grid, scale: number): Grey {
  const { width, height } = grid;
  const data = new Uint8ClampedArray(width * height).fill(255);
  const left = Math.trunc(least(grid.x) - 4);
  const top = Math.trunc(least(grid.y) - 4);
  const whole = cut(grey, left, top, Math.trunc(greatest(grid.x) + 5), Math.trunc(greatest(grid.y) + 5));
  if (!whole) return { width, height, data };
  const part = scale < 0.8 ? gaussianBlurred(whole, 0.4 / scale) : whole;
  const [x0, y0] = [Math.max(left, 0) + 0.5, Math.max(top, 0) + 0.5];
  for (let i = 0; i < data.length; i += 1) data[i] = cubic(part, grid.x[i]! - x0, grid.y[i]! - y0);
  return { width, height, data };
}

/** The picture along a path: `rows` pixels below its middle, at `scale` pixels a pixel. */
export function stripAlong(grey: Grey, path: Path, columns: Numbers, rows: Numbers, scale: number): Grey {
  return sample(grey, bentGrid(path, columns, rows), scale);
}

export function least(values: ArrayLike<number>): number {
  let best = Infinity;
  for (let i = 0; i < values.length; i += 1) if (values[i]! < best) best = values[i]!;
  return best;
}

export function greatest(values: ArrayLike<number>): number {
  let best = -Infinity;
  for (let i = 0; i < values.length; i += 1) if (values[i]! > best) best = values[i]!;
  return best;
}

function gradient(x: Numbers, y: Numbers): Numbers {
  const last = x.length - 1;
  const rise = (from: number, to: number) => (y[to]! - y[from]!) / (x[to]! - x[from]!);
  return x.map((_, i) => {
    if (i === 0) return rise(0, 1);
    if (i === last) return rise(last - 1, last);
    // Exact for a parabola through three points at any distances.
    const [before, behind] = [x[i]! - x[i - 1]!, x[i + 1]! - x[i]!];
    return (behind * rise(i - 1, i) + before * rise(i, i + 1)) / (before + behind);
  });
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
function sharpness(degrees: number, rows: Numbers, away: Numbers, weights: Numbers): number {
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

export function indexOfMost(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i]! > values[best]!) best = i;
  return best;
}

/**
 * How far the line leaves a straight path at some columns, in pixels of the picture, down is positive.
 *
 * Each window is aligned with the mean row profile of those before it; windows without ink keep their course.
 */
function offsetsOf(grey: Grey, path: Path, columns: Numbers, unit: number, prefixWidth: number): Numbers {
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

/** Mean ink of each row of a strip at working size, underlines left out. */
export function inkRows(strip: Grey): Numbers {
  const { width, height, data } = withoutRules(inkOf(strip), 3 * UNIT);
  return Float64Array.from({ length: height }, (_, row) => {
    let sum = 0;
    for (let x = 0; x < width; x += 1) sum += data[row * width + x]!;
    return width ? sum / width : 0;
  });
}

/** Rows by which the profile lies lower than the template; null where nothing stands out. */
function bestShift(profile: Numbers, template: Numbers, room: number): number | null {
  if (greatest(profile) < 0.02) return null;
  const reach = Math.floor(room / 3);
  const shifts = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  const away = (values: Numbers) => {
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

/** How much each pixel differs from the paper around it, 0 to 1; dark ink on light and light on dark alike. */
export function inkOf(grey: Grey): Plane {
  const paper = boxBlurred(grey, 4 * UNIT + 1);
  const ink = paper.data;
  for (let i = 0; i < ink.length; i += 1) ink[i] = Math.abs(grey.data[i]! - ink[i]!);
  const strong = percentile(ink, 0.98);
  const span = Math.max(0.65 * strong, 12);
  for (let i = 0; i < ink.length; i += 1) ink[i] = Math.min(Math.max((ink[i]! - 0.35 * strong) / span, 0), 1);
  return paper;
}

/**
 * Ink without underlines and rules: horizontal strokes of at least `length` pixels, longer than any letter.
 *
 * Where a letter crosses the stroke (the tail of a `j`), with ink both above and below it, it is left whole.
 */
export function withoutRules(ink: Plane, length: number): Plane {
  const stroke = downColumn(openedAlong(ink, length), 1, 1).data;
  const thickness = thickest(stroke, ink.width);
  if (!thickness) return ink;
  const letters = { ...ink, data: ink.data.map((value, i) => (stroke[i]! > 0.1 ? 0 : value)) };
  const above = downColumn(letters, thickness, 0).data;
  const below = downColumn(letters, 0, thickness).data;
  const data = ink.data.map((value, i) => {
    const crossed = stroke[i]! > 0.1 && Math.min(above[i]!, below[i]!) > 0.4;
    return crossed ? value : Math.min(Math.max(value - stroke[i]!, 0), 1);
  });
  return { ...ink, data };
}

/** Most pixels of a stroke in any column. */
function thickest(stroke: Float32Array, width: number): number {
  const inside = new Int32Array(width);
  for (let i = 0; i < stroke.length; i += 1) if (stroke[i]! > 0.1) inside[i % width]! += 1;
  return Math.max(0, ...inside);
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

/** Each row with a quarter of both its neighbours. */
export function smooth(profile: Numbers): Numbers {
  const { length } = profile;
  const at = (i: number) => profile[i < 0 ? -i : i >= length ? 2 * length - 2 - i : i] ?? profile[0]!;
  return profile.map((value, i) => 0.5 * value + 0.25 * (at(i - 1) + at(i + 1)));
}

/** The row with least ink between two rows, the middle one of several. */
function thinnest(profile: Numbers, start: number, stop: number): number {
  const first = clamp(Math.trunc(start), profile.length);
  const last = Math.max(clamp(Math.trunc(stop), profile.length), first);
  const rows = [...steps(first, last + 1, 1)];
  const bar = Math.min(...rows.map((row) => profile[row]!)) + 0.02 * greatest(profile);
  const thin = rows.filter((row) => profile[row]! <= bar);
  return thin[thin.length >> 1]!;
}

/** To the nearest whole number, halves to the even one. */
export function roundEven(value: number): number {
  const whole = Math.round(value);
  return whole - value === 0.5 && whole % 2 ? whole - 1 : whole;
}
