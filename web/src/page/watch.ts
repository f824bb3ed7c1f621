/** What happens while the camera runs: boxes follow the prefixes, and each link is read when the view is steady. */
import { type Eye } from "../eye/eye";
import { type Camera } from "./camera";
import { type Cards } from "./cards";
import { findOf, isBetter } from "./finds";
import { type Stage, type State } from "./stage";
import { piecesOf, type Track, Tracks } from "./tracks";
import { WORDS } from "./words";

/** What watching takes; `isOver` tells that something else is shown by now. */
export interface Watch {
  readonly camera: Camera;
  readonly eye: Eye;
  readonly stage: Stage;
  readonly cards: Cards;
  readonly say: (sentence: string) => void;
  readonly isOver: () => boolean;
}

/** A link is read again until a reading needs no warning, at most so often. */
const MOST_TRIES = 3;
/** A steady view without a link is searched closely once in so many frames: that takes several times as long. */
const CLOSELY = 6;

/** Watches frame by frame until it is over. */
export async function watch(page: Watch): Promise<void> {
  const tracks = new Tracks();
  let blank = 0; // steady frames in a row without a link
  while (!page.isOver()) {
    const picture = await page.camera.frame();
    const wasSteady = page.camera.steady;
    if (wasSteady) performance.mark("inklink steady");
    const glanced = await page.eye.ask("find", { picture }, [picture]);
    const closely = !glanced.length && blank > 0 && blank % CLOSELY === 0;
    const found = closely ? await page.eye.ask("findCloser", {}) : glanced;
    if (page.isOver()) return;
    blank = wasSteady && !found.length ? blank + 1 : 0;
    tracks.update(found, performance.now());
    const boxes = new Set(found.map(({ box }) => box));
    await readNext(page, tracks.shown(), (track) => wasSteady && boxes.has(track.box));
  }
}

/** Draws what is in view and reads one link of it, if the camera is held still. */
async function readNext(page: Watch, inView: readonly Track[], isHere: (track: Track) => boolean): Promise<void> {
  page.stage.mark(
    inView.map((track) => ({ id: track.id, box: track.box, state: stateOf(track), pieces: piecesOf(track) })),
  );
  const next = page.camera.steady ? inView.find((track) => isHere(track) && isWanting(track)) : undefined;
  if (next) await readTrack(page, next, new Set(inView.map(({ id }) => id)));
  else page.say(sentence(page, inView));
}

async function readTrack({ eye, cards, say, isOver }: Watch, track: Track, inView: ReadonlySet<number>): Promise<void> {
  say(WORDS.cameraReading);
  const prefix = track.box;
  const { reading: read, print } = await eye.ask("read", { prefix });
  if (isOver()) return;
  if (read.link) performance.mark("inklink link");
  cards.add(read, print, track.id, inView);
  const reading = await eye.ask("check", { prefix, reading: read });
  if (isOver()) return;
  cards.judge(reading);
  track.tries += 1;
  if (isBetter(reading, track.reading)) {
    track.reading = reading;
    track.readAt = prefix;
  }
}

function isWanting({ reading, tries }: Track): boolean {
  const isSure = reading !== null && findOf(reading)?.unsure === false;
  return tries < MOST_TRIES && !isSure;
}

function stateOf({ reading, tries }: Track): State {
  if (reading?.link) return "read";
  return tries >= MOST_TRIES ? "unreadable" : "found";
}

function sentence({ camera, cards }: Watch, inView: readonly Track[]): string {
  if (inView.some((track) => stateOf(track) === "found") && !camera.steady) return WORDS.cameraMoving;
  return cards.count ? WORDS.found(cards.count) : WORDS.cameraLooking;
}
