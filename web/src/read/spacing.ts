/**
 * Which of the gaps that Tesseract takes for spaces are spaces. The rules are those of `evaluate/spacing.py`.
 *
 * Tesseract sees a space wherever letters stand wide: around dots and slashes, in monospaced type. A link has no
 * spaces, and words follow it, so neither keeping nor dropping them all will do. Gaps are measured in the picture
 * instead, and each is judged by the other gaps of its line.
 */
import { blankColumns, type Line } from "./line";
import { percentile } from "./numbers";

/** A narrower gap, in x-heights, is no space; a quarter of an em, the usual space, is more. */
const LEAST = 0.45;
/** A gap over this many x-heights is a space in any type. */
const SURELY = 1.2;
/** A space is so many times wider than the wide gaps (85th percentile) between the letters of its line. */
const WIDER = 1.25;
/** The same behind a dot or colon, where a small letter follows: those stand wide by themselves. */
const WIDER_BEHIND_DOT = 2.1;
/** The same behind a full stop, where a capital follows as it does in the next sentence. */
const AS_WIDE = 1.0;
/** So many gaps say how wide the gaps of a line are. */
const ENOUGH = 12;

/** A word that was read, and between which columns of the line. */
export interface Word {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** 0…1, as Tesseract judges itself. */
  readonly confidence: number;
}

/** A run of columns without ink: the first, and one behind the last. */
type Blank = readonly [number, number];

/** Words as one text. */
export interface Joined {
  readonly text: string;
  /** 0…1: how sure Tesseract was of the least sure word before the first space. */
  readonly confidence: number;
  /** Column of the line where the last word before the first space ends. */
  readonly end: number;
}

/** Joins words, with a space where the picture has one. In a line that begins with a prefix, a prefix has none. */
export function joined(words: readonly Word[], line: Line, beginsLink = true): Joined {
  const blanks = blanksOf(line);
  const gaps = words.slice(1).map((after, i) => gapAt(blanks, words[i]!, after, line.xHeight));
  let text = words[0]?.text ?? "";
  let confidence = words[0]?.confidence ?? 0;
  let end = words[0]?.right ?? 0;
  for (const [place, gap] of gaps.entries()) {
    const after = words[place + 1]!;
    const width = gap ? gap[1] - gap[0] : 0;
    const inner = letterGaps(blanks, gaps, words, place);
    const isWide = isSpace(width, inner, line.xHeight, widerThan(text, after.text));
    const apart = isWide && !goesOn(text, after.text, beginsLink);
    if (!apart && !text.includes(" ")) {
      confidence = Math.min(confidence, after.confidence);
      end = after.right;
    }
    text += (apart ? " " : "") + after.text;
  }
  return { text, confidence, end };
}

/** How much wider than the wide gaps of a line a space is, between such letters. */
function widerThan(before: string, after: string): number {
  const both = `${before} ${after}`;
  if (/[\p{L}\p{N}_][.,:;] [a-z0-9]/u.test(both)) return WIDER_BEHIND_DOT;
  return /[.!?)] [A-Z][a-z]/.test(both) ? AS_WIDE : WIDER;
}

/** Whether the letters say that no space can be here: in a prefix, or before the dot of `.com`. */
function goesOn(before: string, after: string, beginsLink: boolean): boolean {
  const inPrefix = /^(?:[^\p{L}\p{N}_]*[\p{L}\p{N}_]{0,6}[:;.]?\/{0,2}|.*\/\/|.*(?<![\p{L}\p{N}_])www\.?)$/iu;
  return (beginsLink && inPrefix.test(before)) || /^[./:][\p{L}\p{N}_]/u.test(after);
}

function blanksOf(line: Line): Blank[] {
  const blank = blankColumns(line.pixels);
  const runs: Blank[] = [];
  let start = -1;
  for (let x = 0; x <= blank.length; x += 1) {
    if (blank[x] && start < 0) start = x;
    if (!blank[x] && start >= 0) {
      runs.push([start, x]);
      start = -1;
    }
  }
  return runs;
}

/** The widest blank run about where Tesseract divides two words: the ends of its words are only roughly right. */
function gapAt(blanks: readonly Blank[], before: Word, after: Word, xHeight: number): Blank | null {
  const near = blanks.filter(([from, to]) => to > before.right - xHeight / 2 && from < after.left + xHeight / 2);
  return near.reduce<Blank | null>((best, run) => (best && best[1] - best[0] >= run[1] - run[0] ? best : run), null);
}

/**
 * Widths of the gaps between the letters of the words up to `place`, and of the next where those have few letters.
 * Letters that overlap, as in italics, have a gap of 0.
 */
function letterGaps(
  blanks: readonly Blank[],
  between: readonly (Blank | null)[],
  words: readonly Word[],
  place: number,
): number[] {
  const divides = new Set(between.map((gap) => gap?.[0]));
  let [letters, last] = [0, 0];
  for (const [i, word] of words.entries()) {
    last = i;
    letters += Array.from(word.text).length - 1;
    if (i >= place && letters >= ENOUGH) break;
  }
  const widths = blanks
    .filter(([from, to]) => words[0]!.left < from && to < words[last]!.right && !divides.has(from))
    .map(([from, to]) => to - from);
  return [...widths, ...new Array<number>(Math.max(letters - widths.length, 0)).fill(0)];
}

function isSpace(gap: number, inner: readonly number[], xHeight: number, wider: number): boolean {
  if (gap >= SURELY * xHeight) return true;
  const usual = inner.length >= 4 ? percentile(inner, 0.85) : 0.3 * xHeight;
  return gap >= Math.max(LEAST * xHeight, wider * usual);
}
