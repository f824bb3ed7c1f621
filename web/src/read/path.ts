/** A bent line through a picture, and the picture along it. */
import { between, greatest, least, roundEven } from "./numbers";
import { cubic, cut, gaussianBlurred, type Grey } from "./raster";

/** Middle of a line: rows `y` of the picture at columns `x`, ascending, straight between them and beyond. */
export class Path {
  private readonly slopes: Float64Array;

  constructor(
    readonly x: Float64Array,
    readonly y: Float64Array,
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

function gradient(x: Float64Array, y: Float64Array): Float64Array {
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

/** Places in a picture, row by row. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Places at some distances `rows` square to a line, at its columns `xs`. */
export function bentGrid(path: Path, xs: Float64Array, rows: Float64Array): Grid {
  const [width, height] = [xs.length, rows.length];
  const grid = { width, height, x: new Float32Array(width * height), y: new Float32Array(width * height) };
  for (let column = 0; column < width; column += 1) {
    const x = xs[column]!;
    const slope = path.slope(x);
    const middle = path.middle(x);
    const length = Math.hypot(1, slope);
    for (let row = 0; row < height; row += 1) {
      const away = rows[row]!;
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
  for (let i = 0; i < data.length; i += 1) data[i] = cubic(part, snapped(grid.x[i]! - x0), snapped(grid.y[i]! - y0));
  return { width, height, data };
}

/** To a 32nd of a pixel, as OpenCV looks up: Python and this page give Tesseract the same pixels. */
function snapped(place: number): number {
  return roundEven(place * 32) / 32;
}

/** The picture along a path: `rows` pixels below its middle, at `scale` pixels a pixel. */
export function stripAlong(grey: Grey, path: Path, columns: Float64Array, rows: Float64Array, scale: number): Grey {
  return sample(grey, bentGrid(path, columns, rows), scale);
}
