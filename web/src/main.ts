/** The page: what happens when, told once. */
import "./style.css";
import { BACKENDS, type Backend } from "./eye/backends";
import { Eye } from "./eye/eye";
import { type Box, type Found, overlap } from "./eye/suppression";
import { keepOffline } from "./offline/register";
import { Camera } from "./page/camera";
import { Cards } from "./page/cards";
import { decoded, onPicture, Sorry } from "./page/picture";
import { type Mark, Stage } from "./page/stage";
import { watch } from "./page/watch";
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
  cameraButton.disabled = true;
  try {
    await camera.start(endCamera).finally(() => {
      cameraButton.disabled = false;
    });
    if (mine !== shown) {
      camera.stop(); // a picture came first
      return;
    }
    stage.showCamera();
    cards.clear();
    cameraButton.textContent = "Stop the camera";
    say(WORDS.searching);
    await ready;
    await watch({ camera, eye, stage, cards, say, isOver: () => !camera.running || mine !== shown });
  } catch (error) {
    if (mine !== shown) return; // it was stopped in the middle of a frame
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

/** The camera was taken away, or nobody looks at the page. */
function endCamera(): void {
  if (!camera.running) return;
  stopCamera();
  say(WORDS.cameraStopped);
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
document.addEventListener("visibilitychange", () => {
  if (document.hidden) endCamera();
});
onPicture(document.querySelector("#file")!, (file) => void showPicture(file));
keepOffline(() => {
  document.querySelector("#offline")!.textContent = WORDS.offline;
});
