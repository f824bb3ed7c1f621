/** The links that a person sees: what was read, how far it can be trusted, and which readings are the same link. */
import type { Reading } from "../read/reading";
import { destination, isAddress } from "../read/url";
import { WORDS } from "./words";

/** Below this confidence of Tesseract's in its least sure word, a person should look. */
const SURE = 0.3;

export interface Find {
  readonly link: string;
  readonly reading: Reading;
  /** Where it can be opened; null for plain text. */
  readonly opens: string | null;
  /** What to say beside it. */
  readonly notes: readonly string[];
  /** Whether a person should hold it against the print. */
  readonly unsure: boolean;
}

/** What to show of a reading, null where nothing was read. */
export function findOf(reading: Reading): Find | null {
  const { link } = reading;
  if (!link) return null;
  const opens = destination(link);
  const lines = reading.pieces.length;
  const notes = [];
  if (!isWhole(link)) notes.push(WORDS.noAddress);
  else if (reading.doubt > 0 || reading.agreed === false || reading.confidence < SURE) notes.push(WORDS.unsure);
  else if (lines > 1) notes.push(WORDS.wrapped(lines));
  else if (reading.open) notes.push(WORDS.open);
  const unsure = notes.length > 0;
  if (opens && /^www\./i.test(link)) notes.push(WORDS.bareWww);
  if (!opens && isAddress(link)) notes.push(WORDS.plain(link.replace(/:.*/, "://").toLowerCase()));
  return { link, reading, opens, notes, unsure };
}

/** Whether its host is more than a name: `www.` alone does not count as a part. */
function isWhole(link: string): boolean {
  return isAddress(link.replace(/^((?:https?:\/\/)?)www\./i, (_, scheme: string) => scheme || "http://"));
}

/** Whether one reading of the same print is to be preferred to another: whole, then without a warning, then surer. */
export function isBetter(one: Reading, other: Reading | null): boolean {
  const [find, otherFind] = [findOf(one), other && findOf(other)];
  if (!find || !otherFind) return find !== null;
  const ranks = [find, otherFind].map(({ link, unsure, reading }) => [
    isAddress(link) ? 0 : 1,
    unsure ? 1 : 0,
    reading.doubt,
    -reading.confidence,
  ]);
  const differs = ranks[0]!.findIndex((rank, i) => rank !== ranks[1]![i]);
  return differs >= 0 && ranks[0]![differs]! < ranks[1]![differs]!;
}

/** Whether two links can be readings of the same print: at most one letter in eight differs. */
export function isAlike(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) return true;
  const most = Math.floor(Math.max(a.length, b.length) / 8);
  return Math.abs(a.length - b.length) <= most && edits(a, b) <= most;
}

function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const letter of one) {
    const above = row;
    row = [above[0]! + 1];
    for (let i = 0; i < other.length; i += 1) {
      row.push(Math.min(above[i]! + (letter === other[i] ? 0 : 1), above[i + 1]! + 1, row[i]! + 1));
    }
  }
  return row.at(-1)!;
}

/** The link in parts, the host apart, which says where it leads. */
export function parts(link: string): readonly [string, string, string] {
  const found = /^([a-z]+:\/\/)?([^/?#]*)(.*)$/is.exec(link);
  return [found?.[1] ?? "", found?.[2] ?? link, found?.[3] ?? ""];
}
