/** What `signature.json` beside a model says, and what holds where it says nothing. */
export interface Settings {
  /** Size of the one picture that the model takes, pixels. */
  readonly height: number;
  readonly width: number;
  /** Width of a whole page in the pictures that the model learnt from, pixels: the size of print that it knows. */
  readonly pageWidth: number;
  /** A picture is never enlarged by more than this. */
  readonly maxUpscale: number;
  /** Boxes with a lower score are dropped. */
  readonly minScore: number;
  /** Of two boxes that overlap by more the weaker is dropped. */
  readonly iou: number;
}

const NUMBERS = { width_px: 1024, max_upscale: 2, score_threshold: 0.5, nms_iou: 0.5 };

/** Reads a signature. Throws where it does not say the size of the input. */
export function settingsOf(signature: unknown): Settings {
  const said = record(signature);
  const size = /\[1, (\d+), (\d+), 3\]/.exec(String(record(said.input).image));
  if (!size) throw new Error("signature.json does not say the size of the model's input.");
  const number = (name: keyof typeof NUMBERS) => (typeof said[name] === "number" ? said[name] : NUMBERS[name]);
  return {
    height: Number(size[1]),
    width: Number(size[2]),
    pageWidth: number("width_px"),
    maxUpscale: number("max_upscale"),
    minScore: number("score_threshold"),
    iou: number("nms_iou"),
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
