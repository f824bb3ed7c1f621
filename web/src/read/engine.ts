/** Tesseract, from this page's own files: worker, core and English data. Nothing else is ever fetched. */
import { createWorker, OEM, PSM, type Worker } from "tesseract.js";
import type { Line } from "./line";
import { type Grey, greyOf } from "./raster";
import type { Word } from "./spacing";

export class Engine {
  private constructor(private readonly worker: Worker) {}

  /**
   * Starts Tesseract.
   *
   * @param folder address of the folder with its files, ending in a slash
   */
  static async open(folder: string): Promise<Engine> {
    const core = WebAssembly.validate(SIMD) ? "tesseract-core-simd-lstm.js" : "tesseract-core-lstm.js";
    const worker = await createWorker("eng", OEM.LSTM_ONLY, {
      workerPath: `${folder}worker.min.js`,
      corePath: `${folder}${core}`,
      langPath: folder.replace(/\/$/, ""),
      workerBlobURL: false,
      cacheMethod: "none", // the service worker keeps the data
    });
    await worker.setParameters({ tessedit_pageseg_mode: PSM.SINGLE_LINE });
    return new Engine(worker);
  }

  /** Reads a line that nobody waits for: what a browser compiles meanwhile is ready for the first that counts. */
  async warmUp(): Promise<void> {
    const context = new OffscreenCanvas(640, 64).getContext("2d");
    if (!context) return;
    context.fillStyle = "white";
    context.fillRect(0, 0, 640, 64);
    context.fillStyle = "black";
    context.font = "40px serif";
    context.fillText("https://www.example.org/page", 8, 46);
    const pixels = greyOf(context.getImageData(0, 0, 640, 64));
    await this.worker.recognize(portableGreymap(pixels), {}, { blocks: true, text: false });
  }

  /** Words of a straightened line. */
  async read(line: Line): Promise<Word[]> {
    const { data } = await this.worker.recognize(portableGreymap(line.pixels), {}, { blocks: true, text: false });
    return (data.blocks ?? [])
      .flatMap((block) => block.paragraphs)
      .flatMap((paragraph) => paragraph.lines)
      .flatMap((each) => each.words)
      .map(({ text, bbox, confidence }) => ({ text, left: bbox.x0, right: bbox.x1, confidence: confidence / 100 }));
  }
}

/** The smallest module that uses a vector instruction, `i32x4.splat`: only browsers with SIMD find it valid. */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0], // magic, version
  ...[1, 5, 1, 96, 0, 1, 123], // a type: () → v128
  ...[3, 2, 1, 0], // a function of that type
  ...[10, 8, 1, 6, 0, 65, 0, 253, 17, 11], // its body: i32.const 0, i32x4.splat
);

/** A grey picture in the plainest of formats (PGM), which Tesseract reads at once. */
function portableGreymap({ width, height, data }: Grey): Blob {
  return new Blob([`P5 ${width} ${height} 255\n`, new Uint8Array(data)]);
}
