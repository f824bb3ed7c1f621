/** What the page asks of the worker that sees, and what it answers. */
import type { Backend } from "./detector";
import type { Found } from "./suppression";

export type Request =
  | { readonly ask: "open"; readonly model: string; readonly backend: Backend }
  | { readonly ask: "find"; readonly picture: ImageBitmap; readonly whole: boolean };

export interface Answers {
  open: { readonly backend: Backend };
  find: { readonly found: readonly Found[]; readonly ms: number };
}

export type Numbered<T> = T & { readonly id: number };
export type Reply = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: string });
