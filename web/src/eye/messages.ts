/** What the page asks of the worker that sees, and what it answers. */
import type { Reading } from "../read/reading";
import type { Backend } from "./backends";
import type { Box, Found } from "./suppression";

export interface Asked {
  /** Loads the detector. */
  open: { readonly model: string; readonly backend: Backend };
  /** Starts Tesseract. */
  openReader: { readonly folder: string };
  /** Searches a picture, which is handed over; `whole`: at the scale of print, not only as it fits at once. */
  find: { readonly picture: ImageBitmap; readonly whole: boolean };
  /** Reads behind a prefix of the picture that was searched last. */
  read: { readonly prefix: Box };
}

export interface Answered {
  open: { readonly backend: Backend };
  openReader: null;
  find: { readonly found: readonly Found[]; readonly ms: number };
  read: { readonly reading: Reading; readonly print: ImageBitmap | null; readonly ms: number };
}

export type Name = keyof Asked;
export type Request = { readonly [N in Name]: { readonly name: N; readonly id: number } & Asked[N] }[Name];
export type Reply = { readonly id: number } & ({ readonly answer: Answered[Name] } | { readonly error: string });
