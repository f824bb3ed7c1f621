/** All that takes long, off the page's thread: the page stays smooth while a picture is searched. */
import { Detector } from "./detector";
import type { Answers, Numbered, Reply, Request } from "./messages";
import { glance, look } from "./windows";

let detector: Detector | null = null;

async function answer(request: Request): Promise<Answers[Request["ask"]]> {
  if (request.ask === "open") {
    detector = await Detector.open(request.model, request.backend);
    return { backend: detector.backend };
  }
  if (!detector) throw new Error("The detector is not loaded yet.");
  const { picture, whole } = request;
  const { settings } = detector;
  const began = performance.now();
  const windows = whole
    ? look(picture, settings, settings.pageWidth, settings.maxUpscale)
    : glance(picture, settings, settings.maxUpscale);
  const found = await detector.find(picture, windows);
  return { found, ms: performance.now() - began };
}

self.onmessage = async ({ data }: MessageEvent<Numbered<Request>>) => {
  const reply = (content: Reply) => self.postMessage(content);
  try {
    reply({ id: data.id, answer: await answer(data) });
  } catch (error) {
    reply({ id: data.id, error: error instanceof Error ? error.message : String(error) });
  }
};
