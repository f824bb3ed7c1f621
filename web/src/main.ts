/** The page: what happens when, told once. */
import "./style.css";
import { BACKENDS, type Backend } from "./eye/backends";
import { Eye } from "./eye/eye";
import { type Box, type Found, overlap } from "./eye/suppression";
import { keepOffline } from "./offline/register";
import { Camera } from "./page/camera";
import { Cards } from "./page/cards";
import { findOf, isBetter } from "./page/finds";
import { decoded, onPicture, Sorry } from "./page/picture";
import { type Mark, Stage, type State } from "./page/stage";
import { piecesOf, type Track, Tracks } from "./page/tracks";
import { WORDS } from "./page/words";
import { type Reading } from "./read/reading";

const address = (folder: string) => new URL(folder, document.baseURI).href;

const status = document.querySelector<HTMLElement>("#status")!;
const cameraButton = document.querySelector<HTMLButtonElement>("#camera")!;
const stage = new Stage(
  document.querySelector("#stage")!,
  document.querySelector("#still")!,
  document.querySelector("#video")!,
  document.querySelector("#overlay")!,
);
const camera = new Camera(stage.video);
const say = (sentence: string) => {
  status.textContent = sentence;
};
const cards = new Cards(document.querySelector("#links")!, say, (mark) => stage.point(mark));
const eye = new Eye();

/** Counts what was shown so far: what belongs to an earlier picture is let go. */
let shown = 0;

/** A camera's link is read again until a reading is sure, at most so often. */
const MOST_TRIES = 3;

/** Boxes that overlap by more, seen at a glance and closely, are of one prefix. */
const SAME = 0.3;

function wantedBackend(): Backend {
  const wanted = new URLSearchParams(location.search).get("backend");
  return BACKENDS.find((each) => each === wanted) ?? "wasm";
}

/** Returns what there is to say then. */
async function openDetector(): Promise<string> {
  const wanted = wantedBackend();
  const model = address("model/");
  try {
    await eye.ask("open", { model, backend: wanted });
    return WORDS.ready;
  } catch (error) {
    if (wanted === "wasm") throw new Sorry(WORDS.noDetector(because(error)));
    await eye.ask("open", { model, backend: "wasm" }).catch((again: unknown) => {
      throw new Sorry(WORDS.noDetector(because(again)));
    });
    return WORDS.otherBackend(wanted);
  }
}

async function openReader(): Promise<void> {
  await eye.ask("openReader", { folder: address("ocr/") }).catch((error: unknown) => {
    throw new Sorry(WORDS.noReader(because(error)));
  });
}

const because = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Says what went wrong; what was not foreseen is a mistake of ours, and shows up in the browser's console too. */
function complain(error: unknown): void {
  const foreseen = error instanceof Sorry;
  say(foreseen ? error.message : WORDS.mistake(because(error)));
  if (!foreseen) reportError(error);
}

async function showPicture(file: Blob): Promise<void> {
  stopCamera();
  shown += 1;
  const mine = shown;
  const isOld = () => mine !== shown;
  try {
    const picture = await decoded(file);
    if (isOld()) return;
    stage.showPicture(file, picture.width, picture.height);
    cards.clear();
    say(WORDS.searching);
    await ready;
    const marks = inReadingOrder(await eye.ask("find", { picture }, [picture])).map(newMark);
    await readAll(marks, marks, isOld);
    if (isOld()) return;
    say(cards.count ? WORDS.closer(cards.count) : WORDS.searching);
    const closer = inReadingOrder(await eye.ask("findCloser", {}));
    if (isOld()) return;
    await readAll(marks, broughtIn(marks, closer), isOld);
    if (!isOld()) say(summary(marks));
  } catch (error) {
    if (!isOld()) complain(error);
  }
}

const newMark = ({ box }: Found, id: number): Mark => ({ id, box, state: "found", pieces: [] });

/** Adds boxes that are new to those of a picture; returns them, and the known ones that could not be read so far. */
function broughtIn(marks: Mark[], found: readonly Found[]): Mark[] {
  const wanting: Mark[] = [];
  for (const each of found) {
    const known = marks.find(({ box }) => overlap(box, each.box) > SAME);
    if (known?.state === "read") continue;
    if (known) known.box = each.box;
    const mark = known ?? newMark(each, marks.length);
    if (!known) marks.push(mark);
    wanting.push(mark);
  }
  return wanting;
}

/** Reads behind some boxes of a still picture, and looks once more at what was read. */
async function readAll(marks: readonly Mark[], wanting: readonly Mark[], isOld: () => boolean): Promise<void> {
  stage.mark(marks);
  const inView = new Set(marks.map(({ id }) => id));
  const toCheck: { readonly prefix: Box; readonly reading: Reading }[] = [];
  for (const [place, mark] of wanting.entries()) {
    say(WORDS.reading(place + 1, wanting.length));
    const prefix = mark.box;
    const { reading, print } = await eye.ask("read", { prefix });
    if (isOld()) return;
    mark.state = cards.add(reading, print, mark.id, inView) ? "read" : "unreadable";
    mark.pieces = reading.pieces;
    stage.mark(marks);
    if (reading.link) toCheck.push({ prefix, reading });
  }
  for (const each of toCheck) {
    const reading = await eye.ask("check", each);
    if (isOld()) return;
    cards.judge(reading);
  }
}

function summary(marks: readonly Mark[]): string {
  if (!marks.length) return WORDS.nothing;
  const unread = marks.filter(({ state }) => state === "unreadable").length;
  return cards.count ? WORDS.found(cards.count, unread) : WORDS.unreadable;
}

/** From top to bottom; boxes of about the same height from left to right. */
function inReadingOrder<T extends { box: { x: number; y: number; height: number } }>(found: readonly T[]): T[] {
  return [...found].sort((a, b) => {
    const sameLine = Math.abs(a.box.y - b.box.y) < 0.5 * Math.min(a.box.height, b.box.height);
    return sameLine ? a.box.x - b.box.x : a.box.y - b.box.y;
  });
}

async function startCamera(): Promise<void> {
  shown += 1;
  const mine = shown;
  try {
    await camera.start(() => {
      stopCamera();
      say(WORDS.cameraStopped);
    });
    stage.showCamera();
    cards.clear();
    cameraButton.textContent = "Stop the camera";
    say(WORDS.searching);
    await ready;
    const view = { tracks: new Tracks(), blank: 0 };
    while (camera.running && mine === shown) await lookOnce(view);
  } catch (error) {
    stopCamera();
    complain(error);
  }
}

function stopCamera(): void {
  if (!camera.running) return;
  shown += 1;
  camera.stop();
  stage.clear();
  cameraButton.textContent = "Use the camera";
  say(cards.count ? WORDS.found(cards.count) : WORDS.ready);
}

/** What the camera has shown: the prefixes in view, and how many steady frames in a row had none. */
interface View {
  readonly tracks: Tracks;
  blank: number;
}

/** A steady view without a link is looked at closely once in so many frames: that takes several times as long. */
const CLOSELY = 6;

/** One frame: where prefixes are, and, if the view is steady, one link more. */
async function lookOnce(view: View): Promise<void> {
  const mine = shown;
  const picture = await camera.frame();
  const wasSteady = camera.steady;
  if (wasSteady) performance.mark("inklink steady");
  const glanced = await eye.ask("find", { picture }, [picture]);
  const closely = !glanced.length && view.blank > 0 && view.blank % CLOSELY === 0;
  const found = closely ? await eye.ask("findCloser", {}) : glanced;
  if (mine !== shown) return;
  view.blank = wasSteady && !found.length ? view.blank + 1 : 0;
  view.tracks.update(found, performance.now());
  const inView = view.tracks.shown();
  stage.mark(inView.map((track) => ({ id: track.id, box: track.box, state: stateOf(track), pieces: piecesOf(track) })));
  const next = wasSteady && camera.steady ? inView.find((track) => isWanting(track, found)) : undefined;
  if (next) await readTrack(next, new Set(inView.map(({ id }) => id)));
  else say(cameraSentence(inView, wasSteady));
}

/** Whether a track should be read now: it is in this very frame, and not read surely yet. */
function isWanting(track: Track, found: readonly { box: Track["box"] }[]): boolean {
  return track.tries < MOST_TRIES && !isSure(track) && found.some(({ box }) => box === track.box);
}

async function readTrack(track: Track, inView: ReadonlySet<number>): Promise<void> {
  const mine = shown;
  say(WORDS.cameraReading);
  const prefix = track.box;
  const { reading: read, print } = await eye.ask("read", { prefix });
  if (mine !== shown) return;
  if (read.link) performance.mark("inklink link");
  cards.add(read, print, track.id, inView);
  const reading = await eye.ask("check", { prefix, reading: read });
  if (mine !== shown) return;
  cards.judge(reading);
  track.tries += 1;
  if (isBetter(reading, track.reading)) {
    track.reading = reading;
    track.readAt = prefix;
  }
}

const isSure = ({ reading }: Track) => reading !== null && findOf(reading)?.unsure === false;

function stateOf(track: Track): State {
  if (track.reading?.link) return "read";
  return track.tries >= MOST_TRIES ? "unreadable" : "found";
}

function cameraSentence(inView: readonly Track[], steady: boolean): string {
  if (inView.some((track) => stateOf(track) === "found") && !steady) return WORDS.cameraMoving;
  return cards.count ? WORDS.found(cards.count) : WORDS.cameraLooking;
}

async function open(): Promise<string> {
  if (typeof WebAssembly === "undefined") throw new Sorry(WORDS.noWebAssembly);
  const said = await openDetector();
  await openReader();
  return said;
}

const ready = open();
ready.then((said) => shown || say(said)).catch(complain);
cameraButton.addEventListener("click", () => (camera.running ? stopCamera() : void startCamera()));
onPicture(document.querySelector("#file")!, (file) => void showPicture(file));
keepOffline(() => {
  document.querySelector("#offline")!.textContent = WORDS.offline;
});
