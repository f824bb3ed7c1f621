/** Which parts of a picture the model looks at: it takes one size, and knows print of about one size. */
import type { Box } from "./suppression";

/** A part of the picture, and by how much it is scaled for the model. */
export interface Window extends Box {
  readonly scale: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Windows share at least so many of the model's pixels: a prefix that one cuts is whole in the next. */
const SHARED = 96;

/** The whole picture at once, as large as it fits. Small print may be lost. */
export function glance(picture: Size, input: Size, maxUpscale: number): Window[] {
  const scale = Math.min(input.width / picture.width, input.height / picture.height, maxUpscale);
  return [{ x: 0, y: 0, width: picture.width, height: picture.height, scale }];
}

/** The picture at the scale that the model learnt, in as many windows as that takes; none where a glance is as close. */
export function look(picture: Size, input: Size, pageWidth: number, maxUpscale: number): Window[] {
  const scale = Math.min(pageWidth / picture.width, maxUpscale);
  if (glance(picture, input, maxUpscale).every((window) => window.scale >= scale)) return [];
  const rows = starts(picture.height * scale, input.height);
  const columns = starts(picture.width * scale, input.width);
  const width = Math.min(input.width / scale, picture.width);
  const height = Math.min(input.height / scale, picture.height);
  return rows.flatMap((y) => columns.map((x) => ({ x: x / scale, y: y / scale, width, height, scale })));
}

/** Whether a box ends where its window does though the picture goes on: the next window has it whole. */
export function isCutOff(box: Box, window: Window, picture: Size): boolean {
  const slack = 2 / window.scale;
  const [right, bottom] = [window.x + window.width, window.y + window.height];
  return (
    (window.x > 1 && box.x < window.x + slack) ||
    (window.y > 1 && box.y < window.y + slack) ||
    (right < picture.width - 1 && box.x + box.width > right - slack) ||
    (bottom < picture.height - 1 && box.y + box.height > bottom - slack)
  );
}

/** Where windows of some length begin so that they cover all, evenly spread. */
function starts(all: number, length: number): number[] {
  if (all <= length) return [0];
  const count = Math.ceil((all - SHARED) / (length - SHARED));
  return Array.from({ length: count }, (_, index) => (index * (all - length)) / (count - 1));
}
