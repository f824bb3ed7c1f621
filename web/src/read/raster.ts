/** The few picture operations that following a line takes. Borders repeat the last pixel, unless said otherwise. */
import { clamp, roundEven } from "./numbers";

/** Brightness 0…255, row by row. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Numbers, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Brightness of red, green, blue and opaque pixels, by the weights of ITU-R BT.601. */
export function greyOf({ width, height, data }: Grey): Grey {
  const grey = new Uint8ClampedArray(width * height);
  for (let i = 0, at = 0; i < grey.length; i += 1, at += 4) {
    grey[i] = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  }
  return { width, height, data: grey };
}

/** A rectangle of a picture, as far as it lies inside; null where nothing of it does. */
export function cut(grey: Grey, left: number, top: number, right: number, bottom: number): Grey | null {
  const [x0, y0] = [Math.max(left, 0), Math.max(top, 0)];
  const [x1, y1] = [Math.min(right, grey.width), Math.min(bottom, grey.height)];
  if (x1 <= x0 || y1 <= y0) return null;
  const data = new Uint8ClampedArray((x1 - x0) * (y1 - y0));
  for (let y = y0; y < y1; y += 1) {
    data.set(grey.data.subarray(y * grey.width + x0, y * grey.width + x1), (y - y0) * (x1 - x0));
  }
  return { width: x1 - x0, height: y1 - y0, data };
}

/** Left and right changed over. */
export function mirrored(grey: Grey): Grey {
  const data = grey.data.slice();
  for (let at = 0; at < data.length; at += grey.width) data.subarray(at, at + grey.width).reverse();
  return { ...grey, data };
}

/** Scales by one factor: mean of the covered area where it shrinks, straight between pixels where it grows. */
export function scaled(grey: Grey, factor: number): Grey {
  const width = Math.max(Math.round(grey.width * factor), 1);
  const height = Math.max(Math.round(grey.height * factor), 1);
  const across = shares(grey.width, width, 1 / factor);
  const down = shares(grey.height, height, 1 / factor);
  const rows = new Float32Array(width * grey.height);
  for (let y = 0; y < grey.height; y += 1) {
    for (const [x, parts] of across.entries()) {
      let sum = 0;
      for (const [from, share] of parts) sum += share * grey.data[y * grey.width + from]!;
      rows[y * width + x] = sum;
    }
  }
  const data = new Uint8ClampedArray(width * height);
  for (const [y, parts] of down.entries()) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (const [from, share] of parts) sum += share * rows[from * width + x]!;
      data[y * width + x] = sum;
    }
  }
  return { width, height, data };
}

/** For each new pixel, which old ones make it and by what share; it is `step` old ones wide. */
function shares(from: number, to: number, step: number): [number, number][][] {
  return Array.from({ length: to }, (_, index) => {
    if (step <= 1) {
      const at = Math.min(Math.max((index + 0.5) * step - 0.5, 0), from - 1);
      const first = Math.floor(at);
      return [
        [first, 1 - at + first],
        [Math.min(first + 1, from - 1), at - first],
      ];
    }
    const [start, stop] = [index * step, Math.min((index + 1) * step, from)];
    const parts: [number, number][] = [];
    for (let pixel = Math.floor(start); pixel < stop; pixel += 1) {
      parts.push([pixel, (Math.min(pixel + 1, stop) - Math.max(pixel, start)) / (stop - start)]);
    }
    return parts;
  });
}

/** Mean over a square window of odd `size`. */
export function boxBlurred({ width, height, data }: Grey, size: number): Plane {
  const reach = size >> 1;
  const sums = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const at = (x: number) => data[y * width + clamp(x, width)]!;
    let sum = 0;
    for (let x = -reach; x <= reach; x += 1) sum += at(x);
    for (let x = 0; x < width; x += 1) {
      sums[y * width + x] = sum;
      sum += at(x + reach + 1) - at(x - reach);
    }
  }
  const blurred = new Float32Array(width * height);
  for (let x = 0; x < width; x += 1) {
    const at = (y: number) => sums[clamp(y, height) * width + x]!;
    let sum = 0;
    for (let y = -reach; y <= reach; y += 1) sum += at(y);
    for (let y = 0; y < height; y += 1) {
      blurred[y * width + x] = sum / (size * size);
      sum += at(y + reach + 1) - at(y - reach);
    }
  }
  return { width, height, data: blurred };
}

/** Out of focus by a Gaussian of `sigma` pixels; the picture is mirrored at its borders. */
export function gaussianBlurred({ width, height, data }: Grey, sigma: number): Grey {
  const kernel = gaussian(sigma);
  const reach = kernel.length >> 1;
  const rows = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let k = -reach; k <= reach; k += 1) sum += kernel[k + reach]! * data[y * width + reflected(x + k, width)]!;
      rows[y * width + x] = sum;
    }
  }
  const blurred = new Uint8ClampedArray(width * height);
  const sums = new Float32Array(width);
  for (let y = 0; y < height; y += 1) {
    sums.fill(0);
    for (let k = -reach; k <= reach; k += 1) {
      const row = reflected(y + k, height) * width;
      for (let x = 0; x < width; x += 1) sums[x]! += kernel[k + reach]! * rows[row + x]!;
    }
    blurred.set(sums, y * width);
  }
  return { width, height, data: blurred };
}

function gaussian(sigma: number): number[] {
  const reach = (roundEven(6 * sigma + 1) | 1) >> 1; // as far as OpenCV's for bytes
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const total = bell.reduce((sum, weight) => sum + weight, 0);
  return bell.map((weight) => weight / total);
}

/** Median over a square window of odd `size`: a histogram slides along each row. */
export function medianBlurred({ width, height, data }: Grey, size: number): Grey {
  const reach = size >> 1;
  const half = (size * size) >> 1;
  const medians = new Uint8ClampedArray(width * height);
  const counts = new Int32Array(256);
  // The first and last row stand for those beyond the border too: where each row of the window begins in `data`.
  const starts = new Int32Array(size);
  for (let y = 0; y < height; y += 1) {
    for (let k = 0; k < size; k += 1) starts[k] = clamp(y - reach + k, height) * width;
    counts.fill(0);
    for (let x = -reach; x <= reach; x += 1) {
      const column = clamp(x, width);
      for (let k = 0; k < size; k += 1) counts[data[starts[k]! + column]!]! += 1;
    }
    let [median, below] = [0, 0]; // below: how many are darker than the median
    for (let x = 0; x < width; x += 1) {
      while (below > half) {
        median -= 1;
        below -= counts[median]!;
      }
      while (below + counts[median]! <= half) {
        below += counts[median]!;
        median += 1;
      }
      medians[y * width + x] = median;
      const leaving = clamp(x - reach, width);
      const entering = clamp(x + reach + 1, width);
      for (let k = 0; k < size; k += 1) {
        const old = data[starts[k]! + leaving]!;
        const fresh = data[starts[k]! + entering]!;
        counts[old]! -= 1;
        counts[fresh]! += 1;
        below += (fresh < median ? 1 : 0) - (old < median ? 1 : 0);
      }
    }
  }
  return { width, height, data: medians };
}

/** Morphological opening by a horizontal stroke: what is left is at least `length` pixels long. */
export function openedAlong(plane: Plane, length: number): Plane {
  const before = length >> 1;
  const after = length - before - 1;
  return greatestAlong(greatestAlong(plane, before, after, -1), before, after, 1);
}

/** Greatest (`sign` 1) or least (−1) of the pixels `before`…`after` each pixel of its row, as far as there are any. */
function greatestAlong({ width, height, data }: Plane, before: number, after: number, sign: 1 | -1): Plane {
  const found = new Float32Array(width * height);
  const queue = new Int32Array(width);
  for (let row = 0; row < width * height; row += width) {
    // Places that may still win, their values falling: each pixel enters and leaves once.
    let [first, last, next] = [0, 0, 0];
    for (let x = 0; x < width; x += 1) {
      for (; next <= Math.min(x + after, width - 1); next += 1) {
        while (last > first && sign * data[row + queue[last - 1]!]! <= sign * data[row + next]!) last -= 1;
        queue[last] = next;
        last += 1;
      }
      while (queue[first]! < x - before) first += 1;
      found[row + x] = data[row + queue[first]!]!;
    }
  }
  return { width, height, data: found };
}

/** Greatest of the pixels `above`…`below` each pixel of its column. */
export function downColumn({ width, height, data }: Plane, above: number, below: number): Plane {
  const found = new Float32Array(data);
  for (let y = 0; y < height; y += 1) {
    for (let k = Math.max(y - above, 0); k <= Math.min(y + below, height - 1); k += 1) {
      for (let x = 0; x < width; x += 1) {
        const value = data[k * width + x]!;
        if (value > found[y * width + x]!) found[y * width + x] = value;
      }
    }
  }
  return { width, height, data: found };
}

/** Brightness between pixels, by Keys' cubic with a = −0.75; the middle of the first pixel is at 0. */
export function cubic({ width, height, data }: Grey, x: number, y: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [right, left] = [x - column, 1 - x + column];
  const w0 = far(1 + right);
  const w1 = near(right);
  const w2 = near(left);
  const w3 = far(1 + left);
  const c0 = clamp(column - 1, width);
  const c1 = clamp(column, width);
  const c2 = clamp(column + 1, width);
  const c3 = clamp(column + 2, width);
  let sum = 0;
  for (let k = -1; k <= 2; k += 1) {
    const at = clamp(row + k, height) * width;
    const value = w0 * data[at + c0]! + w1 * data[at + c1]! + w2 * data[at + c2]! + w3 * data[at + c3]!;
    const away = Math.abs(y - row - k);
    sum += (away <= 1 ? near(away) : far(away)) * value;
  }
  return sum;
}

const SHARPNESS = -0.75;
const near = (away: number) => ((SHARPNESS + 2) * away - (SHARPNESS + 3)) * away * away + 1;
const far = (away: number) => ((away - 5) * away + 8) * away * SHARPNESS - 4 * SHARPNESS;

function reflected(place: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((place % period) + period) % period;
  return within < length ? within : period - within;
}
