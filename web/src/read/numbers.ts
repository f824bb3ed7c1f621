/** What is done with rows of numbers. */

/** The value below which a `share` of the values lies, straight between neighbours. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const { length } = values;
  if (!length) return 0;
  const rest = new Float32Array(length);
  for (let i = 0; i < length; i += 1) rest[i] = values[i]!;
  const at = share * (length - 1);
  const first = Math.floor(at);
  partition(rest, first);
  let next = Infinity;
  for (let i = first + 1; i < length; i += 1) if (rest[i]! < next) next = rest[i]!;
  return next === Infinity ? rest[first]! : rest[first]! + (at - first) * (next - rest[first]!);
}

/** Hoare's selection: puts the value of rank `place` there, smaller ones before it and greater ones behind it. */
function partition(values: Float32Array, place: number): void {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [left, right] = [low, high];
    while (left <= right) {
      while (values[left]! < pivot) left += 1;
      while (values[right]! > pivot) right -= 1;
      if (left > right) break;
      const swapped = values[left]!;
      values[left] = values[right]!;
      values[right] = swapped;
      left += 1;
      right -= 1;
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else return;
  }
}

/** Evenly spaced numbers from `start`, below `stop`. */
export function steps(start: number, stop: number, step: number): Float64Array {
  return Float64Array.from({ length: Math.max(Math.ceil((stop - start) / step), 0) }, (_, i) => start + i * step);
}

/** Value at `x` of a line through the points (xs, ys), xs ascending; level beyond its ends. */
export function between(x: number, xs: ArrayLike<number>, ys: ArrayLike<number>): number {
  let [low, high] = [0, xs.length - 1];
  if (x <= xs[low]!) return ys[low]!;
  if (x >= xs[high]!) return ys[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  const share = (x - xs[low]!) / (xs[high]! - xs[low]!);
  return ys[low]! + share * (ys[high]! - ys[low]!);
}

export function clamp(place: number, length: number): number {
  return place < 0 ? 0 : place >= length ? length - 1 : place;
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

export function indexOfMost(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Each row with a quarter of both its neighbours. */
export function smooth(profile: Float64Array): Float64Array {
  const { length } = profile;
  const at = (i: number) => profile[i < 0 ? -i : i >= length ? 2 * length - 2 - i : i] ?? profile[0]!;
  return profile.map((value, i) => 0.5 * value + 0.25 * (at(i - 1) + at(i + 1)));
}

/** To the nearest whole number, halves to the even one. */
export function roundEven(value: number): number {
  const whole = Math.round(value);
  return whole - value === 0.5 && whole % 2 ? whole - 1 : whole;
}
