/** Reads the link that a prefix stands before: line, words, spaces, link. The rules are those of `evaluate/reading.py`. */
import type { Box } from "../eye/suppression";
import { endOf, type Line, layOut, softened } from "./line";
import type { Grey } from "./raster";
import { type Joined, joined, type Word } from "./spacing";
import { type Trace, trace } from "./trace";
import { type Extracted, extract, isAddress, linkOf, NOTHING } from "./url";
import { goesOn, LONGEST_PIECE, MOST_LINES, nextLine, room } from "./wrapping";

/** Height of a straightened line, pixels. */
const LINE_HEIGHT = 64;
/** How far a line is followed, in heights of its prefix. */
const MAX_WIDTH = 60;
/** Each look at a line: its height as a share of LINE_HEIGHT, and softening in x-heights. */
const LOOKS = [
  [1, 0],
  [0.75, 0.075],
  [0.75, 0],
] as const;
/** A line is full where fewer letters would have fitted behind the link. */
const TIGHT = 3;
/** Behind a link these say that it is over. */
const CLOSING = /[,;:!?)\]]$/;
/** Nothing can be read behind a smaller box. */
const LEAST = 3;

/** Who reads a straightened line. */
export interface Reader {
  read(line: Line): Promise<Word[]>;
}

/** What was read behind a prefix. */
export interface Reading {
  /** The link; empty where none was read. */
  readonly link: string;
  /** How badly the prefix was read: 0 letter by letter. */
  readonly doubt: number;
  /** 0…1: how sure Tesseract was of its least sure word. */
  readonly confidence: number;
  /** Whether two looks at the line, at different sizes, read the same; null where it was looked at once. */
  readonly agreed: boolean | null;
  /** What the first line says, alone. */
  readonly firstLine: string;
  /** Whether it ends where its line does, at the margin or the picture's edge, so that more of it may follow. */
  readonly open: boolean;
  /** Upright boxes around the link's pieces in the picture, one for each line it runs over. */
  readonly pieces: readonly Box[];
}

/** A line that was read: where it runs, the box of its head, its picture, and what its words say. */
interface Read {
  readonly traced: Trace;
  readonly head: Box;
  readonly line: Line;
  readonly found: Extracted;
  readonly words: Joined;
}

/**
 * The link behind a prefix. A line whose prefix was read letter by letter is taken as it is; else it is looked at
 * again, smaller and softer, and the look that read the prefix best is taken, the earlier one of equals.
 *
 * @param grey the original picture, whole
 * @param prefix box of the prefix in it
 */
export async function readLink(engine: Reader, grey: Grey, prefix: Box): Promise<Reading> {
  const head = clipped(prefix, grey);
  if (Math.min(head.width, head.height) < LEAST)
    return { link: "", doubt: NOTHING.doubt, confidence: 0, agreed: false, firstLine: "", open: false, pieces: [] };
  const traced = trace(grey, head, MAX_WIDTH);
  const looks: Read[] = [];
  let best: Read | null = null;
  for (const look of LOOKS) {
    const read = await lookAt(engine, grey, traced, head, look);
    looks.push(read);
    if (!best || isBetter(read.found, best.found)) best = read;
    if (best.found.doubt === 0 && isAddress(linkOf(best.found))) break;
  }
  const agreeing = looks.filter(({ found }) => linkOf(found) === linkOf(best!.found)).length;
  return carriedOn(engine, grey, best!, looks.length > 1 ? agreeing > 1 : null);
}

/** A reading with `agreed` known: the line is looked at once more where it was looked at once. */
export async function checked(engine: Reader, grey: Grey, prefix: Box, reading: Reading): Promise<Reading> {
  if (reading.agreed !== null) return reading;
  const head = clipped(prefix, grey);
  const { found } = await lookAt(engine, grey, trace(grey, head, MAX_WIDTH), head, LOOKS[1]);
  return { ...reading, agreed: linkOf(found) === reading.firstLine };
}

async function lookAt(
  engine: Reader,
  grey: Grey,
  traced: Trace,
  head: Box,
  [share, sigma]: readonly [number, number],
): Promise<Read> {
  const laid = layOut(grey, traced, sure(traced, head), Math.round(LINE_HEIGHT * share));
  const line = sigma ? softened(laid, sigma) : laid;
  const words = joined(await engine.read(line), line);
  return { traced, head, line, found: extract(words.text), words };
}

/** The link with what the next lines add to it. */
async function carriedOn(engine: Reader, grey: Grey, first: Read, agreed: boolean | null): Promise<Reading> {
  let [read, found, confidence] = [first, first.found, first.words.confidence];
  const pieces = linkOf(found) ? [pieceOf(first)] : [];
  let fits = lettersThatFit(grey, read);
  for (let lines = 1; lines < MOST_LINES && found.atEnd && fits < LONGEST_PIECE; lines += 1) {
    const head = nextLine(grey, read.traced, read.head);
    if (!head) break;
    const traced = trace(grey, head, MAX_WIDTH);
    const line = layOut(grey, traced, sure(traced, head), LINE_HEIGHT);
    const words = joined(await engine.read(line), line, false);
    const [token = "", ...more] = words.text.split(" ");
    if (!goesOn(found, token, fits)) break;
    const whole = extract(found.whole + token);
    found = { ...whole, atEnd: whole.atEnd && !more.join(" ") };
    read = { traced, head, line, found: extract(found.prefix + token), words };
    fits = lettersThatFit(grey, read);
    confidence = Math.min(confidence, words.confidence);
    pieces.push(pieceOf(read));
  }
  const open = found.atEnd && fits < TIGHT && !CLOSING.test(found.whole);
  return {
    link: linkOf(found),
    doubt: first.found.doubt,
    confidence,
    agreed,
    firstLine: linkOf(first.found),
    open,
    pieces,
  };
}

function isBetter(one: Extracted, other: Extracted): boolean {
  const [valid, otherValid] = [isAddress(linkOf(one)), isAddress(linkOf(other))];
  return valid === otherValid ? one.doubt < other.doubt : valid;
}

function sure(traced: Trace, head: Box): readonly [number, number] {
  return [head.x - 0.35 * traced.xHeight, head.x + head.width];
}

/** Letters for which there was room behind the link in its line. */
function lettersThatFit(grey: Grey, { head, line, found, traced }: Read): number {
  const end = endOf(line);
  const letter = Math.max(end - head.x, 1) / Math.max(found.whole.length, 1);
  return room(grey, traced, end) / letter;
}

/** Where the link stands: its line from the head to the end of the words that it was read from. */
function pieceOf({ line, traced, head, words }: Read): Box {
  const right = Math.max(line.box.x + words.end / line.scale, head.x + head.width);
  const middles = [traced.path.middle(head.x), traced.path.middle(right)];
  const y = Math.min(...middles) + traced.top;
  return { x: head.x, y, width: right - head.x, height: Math.max(...middles) + traced.bottom - y };
}

function clipped(box: Box, grey: Grey): Box {
  const [x, y] = [Math.max(box.x, 0), Math.max(box.y, 0)];
  const width = Math.min(box.x + box.width, grey.width) - x;
  return { x, y, width, height: Math.min(box.y + box.height, grey.height) - y };
}
