/** What the page asks of the worker that sees, and what it answers. */
import type { Reading } from "../read/reading";
import type { Backend } from "./backends";
import type { Box, Found } from "./suppression";

export interface Asked {
  /** Loads the detector. */
  open: { readonly model: string; readonly backend: Backend };
  /** Starts Tesseract. */
  openReader: { readonly folder: string };
  /** Searches a picture, which is handed over, at a glance. */
  find: { readonly picture: ImageBitmap };
  /** Searches the picture that was searched last once more, at the scale of print. */
  findCloser: Record<string, never>;
  /** Reads behind a prefix of that picture. */
  read: { readonly prefix: Box };
  /** Looks once more at what was read there. */
  check: { readonly prefix: Box; readonly reading: Reading };
}

export interface Answered {
  open: { readonly backend: Backend };
  openReader: null;
  find: readonly Found[];
  findCloser: readonly Found[];
  read: { readonly reading: Reading; readonly print: ImageBitmap | null };
  check: Reading;
}

export type Name = keyof Asked;
export type Request = { readonly [N in Name]: { readonly name: N; readonly id: number } & Asked[N] }[Name];
export type Reply = { readonly id: number } & ({ readonly answer: Answered[Name] } | { readonly error: string });
