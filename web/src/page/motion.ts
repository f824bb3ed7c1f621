/**
 * How much the view moves between two frames, from small grey copies of them.
 *
 * Where a picture is shifted by little, each pixel changes by the shift times the slope of the brightness there. So all
 * change in time over all change in space says how far the view moved, whatever it shows.
 */

/** Small copies are this wide, pixels. */
export const SMALL = 96;
/** Changes up to this many levels of brightness are the sensor's noise. */
const NOISE = 2;

/** Shift between two frames of one size in pixels of the small copies, about right up to a pixel or two. */
export function shiftBetween(before: Uint8ClampedArray, after: Uint8ClampedArray, width: number): number {
  let [changed, slope] = [0, 1];
  for (let i = width; i < after.length - width; i += 1) {
    if (i % width === 0 || i % width === width - 1) continue;
    changed += Math.max(Math.abs(after[i]! - before[i]!) - NOISE, 0);
    slope += Math.hypot(after[i + 1]! - after[i - 1]!, after[i + width]! - after[i - width]!) / 2;
  }
  return changed / slope;
}

/** Shift in pixels of the small copies from one frame to the next up to which a view is held still. */
const STILL = 0.3;
/** So long must it be held, milliseconds. */
const HOLD_MS = 250;

/** Tells whether a view is held still. */
export class Stillness {
  private last: Uint8ClampedArray | null = null;
  private since: number | null = null;

  /** Takes the next frame, small and grey, and the time in milliseconds. Returns whether the view is steady. */
  next(frame: Uint8ClampedArray, width: number, now: number): boolean {
    const moved = this.last?.length === frame.length ? shiftBetween(this.last, frame, width) : Infinity;
    this.last = frame;
    if (moved > STILL) this.since = null;
    else this.since ??= now;
    return this.since !== null && now - this.since >= HOLD_MS;
  }
}
