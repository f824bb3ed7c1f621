/** Finds prefixes with the TensorFlow.js graph model that `python -m train convert` writes. */
import "@tensorflow/tfjs-backend-wasm";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threaded from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import type { Backend } from "./backends";
import { type Settings, settingsOf } from "./settings";
import { type Found, suppressed } from "./suppression";
import { isCutOff, type Window } from "./windows";

/** ImageNet's mean, which normalisation turns to 0: `pad_rgb` of signature.json. */
const NOTHING = "rgb(124, 116, 104)";

/** More threads than this gain little on a network of this size. */
const MOST_THREADS = 4;

export class Detector {
  private constructor(
    private readonly model: GraphModel,
    private readonly outputs: string[],
    private readonly canvas: OffscreenCanvas,
    readonly settings: Settings,
    readonly backend: Backend,
  ) {}

  /**
   * Loads a model and runs it once, which compiles it.
   *
   * @param folder address of the folder with model.json and signature.json, ending in a slash
   * @param backend who computes
   * @throws where the backend is not to be had here, or the model not to be loaded
   */
  static async open(folder: string, backend: Backend): Promise<Detector> {
    await start(backend);
    const signature = await fetch(`${folder}signature.json`);
    if (!signature.ok) throw new Error(`${folder}signature.json: ${signature.status}`);
    const settings = settingsOf(await signature.json());
    const model = await loadGraphModel(`${folder}model.json`);
    const canvas = new OffscreenCanvas(settings.width, settings.height);
    const detector = new Detector(model, ends(model), canvas, settings, backend);
    await detector.run(new ImageData(settings.width, settings.height));
    return detector;
  }

  /** Prefixes in some windows of a picture, best first, in pixels of the picture. */
  async find(picture: ImageBitmap, windows: readonly Window[]): Promise<Found[]> {
    const found: Found[] = [];
    for (const window of windows) {
      const inWindow = (await this.run(this.scaled(picture, window))).map(placed(window));
      found.push(...inWindow.filter(({ box }) => !isCutOff(box, window, picture)));
    }
    return suppressed(found, this.settings.iou);
  }

  /** A window at the model's size; where the picture has nothing, the grey that the network takes for nothing. */
  private scaled(picture: ImageBitmap, { x, y, width, height, scale }: Window): ImageData {
    const { width: across, height: down } = this.canvas;
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("This browser gives no canvas to scale pictures on.");
    context.fillStyle = NOTHING;
    context.fillRect(0, 0, across, down);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, x, y, width, height, 0, 0, width * scale, height * scale);
    return context.getImageData(0, 0, across, down);
  }

  /** Boxes in pixels of the model's input. */
  private async run(pixels: ImageData): Promise<Found[]> {
    const outputs = tf.tidy(() => {
      const image = tf.cast(tf.expandDims(tf.browser.fromPixels(pixels, 3)), "float32");
      const [boxes, scores] = this.model.execute(image, this.outputs) as [tf.Tensor, tf.Tensor];
      return { boxes, scores: tf.max(scores, -1) };
    });
    const [boxes, scores] = await Promise.all([outputs.boxes.data(), outputs.scores.data()]);
    tf.dispose(outputs);
    const found: Found[] = [];
    for (const [index, score] of scores.entries()) {
      if (score < this.settings.minScore) continue;
      const [top = 0, left = 0, bottom = 0, right = 0] = boxes.subarray(4 * index, 4 * index + 4);
      found.push({ box: { x: left, y: top, width: right - left, height: bottom - top }, score });
    }
    return suppressed(found, this.settings.iou);
  }
}

const placed =
  ({ x, y, scale }: Window) =>
  ({ box, score }: Found): Found => ({
    box: { x: x + box.x / scale, y: y + box.y / scale, width: box.width / scale, height: box.height / scale },
    score,
  });

/**
 * The nodes in which boxes and scores end. `predict` would name its outputs, but pairs names in alphabetical order
 * with tensors in the order of the signature, which has none.
 */
function ends(model: GraphModel): string[] {
  const { outputs } = model.modelSignature as { outputs?: Record<string, { name: string } | undefined> };
  return ["boxes", "scores"].map((name) => {
    const node = outputs?.[name]?.name;
    if (!node) throw new Error(`The model has no output named ${name}.`);
    return node;
  });
}

async function start(backend: Backend): Promise<void> {
  setWasmPaths({
    "tfjs-backend-wasm.wasm": absolute(plain),
    "tfjs-backend-wasm-simd.wasm": absolute(simd),
    "tfjs-backend-wasm-threaded-simd.wasm": absolute(threaded),
  });
  setThreadsCount(Math.min(navigator.hardwareConcurrency, MOST_THREADS));
  if (backend === "webgl") await import("@tensorflow/tfjs-backend-webgl");
  if (backend === "webgpu") await import("@tensorflow/tfjs-backend-webgpu");
  // What cannot start is passed over in silence: ask what is running.
  const started = await tf.setBackend(backend).catch(() => false);
  if (!started || tf.getBackend() !== backend) throw new Error(`This browser cannot run ${backend}.`);
}

const absolute = (address: string) => new URL(address, self.location.href).href;
