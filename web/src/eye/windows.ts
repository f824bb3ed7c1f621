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

/** The picture at the scale that the model learnt, in as many windows as that takes. */
export function look(picture: Size, input: Size, pageWidth: number, maxUpscale: number): Window[] {
  const scale = Math.min(pageWidth / picture.width, maxUpscale);
  const [whole] = glance(picture, input, maxUpscale);
  if (whole && whole.scale >= scale) return [whole];
  const rows = starts(picture.height * scale, input.height);
  const columns = starts(picture.width * scale, input.width);
  return rows.flatMap((y) =>
    columns.map((x) => ({
      x: x / scale,
      y: y / scale,
      width: Math.min(input.width / scale, picture.width),
      height: Math.min(input.height / scale, picture.height),
      scale,
    })),
  );
}

/** Where windows of some length begin so that they cover all, evenly spread. */
function starts(all: number, length: number): number[] {
  if (all <= length) return [0];
  const count = Math.ceil((all - SHARED) / (length - SHARED));
  return Array.from({ length: count }, (_, index) => (index * (all - length)) / (count - 1));
}
