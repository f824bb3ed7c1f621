/** One prefix found, in pixels of the picture that was searched. */
export interface Found {
  readonly box: Box;
  /** 0…1 */
  readonly score: number;
}

/** Left, top, width, height in pixels; x to the right, y down. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Area that two boxes share as a part of the area that they cover together: 0 apart, 1 the same. */
export function overlap(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (one.width * one.height + other.width * other.height - shared);
}

/**
 * Greedy non-maximum suppression: the model says the same prefix many times over, once for each anchor near it.
 *
 * The best box is kept, every box that overlaps a kept one by more than `iou` is dropped, and so on down the scores;
 * of equal scores the earlier one counts as better, as in TensorFlow's `non_max_suppression`.
 */
export function suppressed(candidates: readonly Found[], iou: number): Found[] {
  const kept: Found[] = [];
  for (const candidate of [...candidates].sort((a, b) => b.score - a.score)) {
    if (kept.every((better) => overlap(better.box, candidate.box) <= iou)) kept.push(candidate);
  }
  return kept;
}
