/** Which pixels are ink, whatever the light, the paper and the underlines. */
import { percentile } from "./numbers";
import { boxBlurred, downColumn, type Grey, openedAlong, type Plane } from "./raster";

/** Lines are followed at a scale where a unit (an x-height to a line height) has so many pixels. */
export const UNIT = 12;

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

/** Mean ink of each row of a strip at working size, underlines left out. */
export function inkRows(strip: Grey): Float64Array {
  const { width, height, data } = withoutRules(inkOf(strip), 3 * UNIT);
  return Float64Array.from({ length: height }, (_, row) => {
    let sum = 0;
    for (let x = 0; x < width; x += 1) sum += data[row * width + x]!;
    return width ? sum / width : 0;
  });
}
