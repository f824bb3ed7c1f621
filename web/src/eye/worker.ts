/** All that takes long, off the page's thread: the page stays smooth while a picture is searched and read. */
import { Engine } from "../read/engine";
import { type Grey, greyOf } from "../read/raster";
import { checked, type Reading, readLink } from "../read/reading";
import { Detector } from "./detector";
import type { Answered, Asked, Name, Reply, Request } from "./messages";
import { glance, look } from "./windows";

let detector: Detector | null = null;
let engine: Engine | null = null;
let picture: ImageBitmap | null = null;
let grey: Grey | null = null;

type Answers = { [N in Name]: (asked: Asked[N]) => Promise<Answered[N]> };

const answers: Answers = {
  async open({ model, backend }) {
    detector = await Detector.open(model, backend);
    return { backend: detector.backend };
  },
  async openReader({ folder }) {
    engine = await Engine.open(folder);
    void engine.warmUp();
    return null;
  },
  async find(asked) {
    picture?.close();
    picture = asked.picture;
    grey = null;
    const { loaded, settings } = searching();
    return loaded.find(picture, glance(picture, settings, settings.maxUpscale));
  },
  async findCloser() {
    const { loaded, settings } = searching();
    const { bitmap } = reading();
    return loaded.find(bitmap, look(bitmap, settings, settings.pageWidth, settings.maxUpscale));
  },
  async read({ prefix }) {
    const { reader, bitmap, pixels } = reading();
    const read = await readLink(reader, pixels, prefix);
    return { reading: read, print: await printOf(bitmap, read) };
  },
  async check({ prefix, reading: read }) {
    const { reader, pixels } = reading();
    return checked(reader, pixels, prefix, read);
  },
};

function searching() {
  if (!detector) throw new Error("The detector is not loaded yet.");
  return { loaded: detector, settings: detector.settings };
}

function reading() {
  if (!engine || !picture) throw new Error("There is nothing to read yet.");
  grey ??= greyOf(pixelsOf(picture));
  return { reader: engine, bitmap: picture, pixels: grey };
}

function pixelsOf(bitmap: ImageBitmap): ImageData {
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser gives no canvas to read pixels from.");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

/** The printed link's first line, cut out of the picture: to be held against what was read. */
async function printOf(bitmap: ImageBitmap, { pieces: [first] }: Reading): Promise<ImageBitmap | null> {
  if (!first) return null;
  const margin = first.height / 4;
  const left = Math.max(Math.floor(first.x - margin), 0);
  const top = Math.max(Math.floor(first.y - margin), 0);
  const width = Math.min(Math.ceil(first.x + first.width + margin), bitmap.width) - left;
  const height = Math.min(Math.ceil(first.y + first.height + margin), bitmap.height) - top;
  return width > 0 && height > 0 ? createImageBitmap(bitmap, left, top, width, height) : null;
}

const answerTo = <N extends Name>(name: N, asked: Asked[N]): Promise<Answered[N]> => answers[name](asked);

/** One after the other: what is read belongs to the picture that was searched before. */
let busy: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<Request>) => {
  const reply = (content: Reply) => self.postMessage(content);
  busy = busy.then(async () => {
    try {
      reply({ id: data.id, answer: await answerTo(data.name, data as Asked[typeof data.name]) });
    } catch (error) {
      reply({ id: data.id, error: error instanceof Error ? error.message : String(error) });
    }
  });
};
