/** The camera: a stream, its frames, and whether the view is held still. */
import { SMALL, Stillness } from "./motion";
import { Sorry } from "./picture";
import { WORDS } from "./words";

const CAMERA: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
};

export class Camera {
  private stream: MediaStream | null = null;
  private stillness = new Stillness();
  private readonly small = document.createElement("canvas");
  /** Whether the view was held still up to the last frame. */
  steady = false;

  constructor(private readonly video: HTMLVideoElement) {}

  get running(): boolean {
    return this.stream !== null;
  }

  /** Starts it, which asks the person first. Throws `Sorry` where it cannot. */
  async start(onEnded: () => void): Promise<void> {
    if (!("mediaDevices" in navigator) || !isSecureContext) throw new Sorry(WORDS.cameraInsecure);
    const stream = await navigator.mediaDevices.getUserMedia(CAMERA).catch((error: unknown) => {
      throw new Sorry(complaintOf(error instanceof DOMException ? error.name : ""));
    });
    stream.getVideoTracks()[0]?.addEventListener("ended", onEnded);
    this.stream = stream;
    this.stillness = new Stillness();
    this.video.srcObject = stream;
    await this.video.play();
    this.watch();
  }

  stop(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.steady = false;
    this.video.srcObject = null;
  }

  /** The frame that is seen now. */
  frame(): Promise<ImageBitmap> {
    return createImageBitmap(this.video);
  }

  /** Judges each frame as it comes, at little cost: on a copy of a few thousand pixels. */
  private watch(): void {
    const stream = this.stream;
    const look = (now: number) => {
      if (this.stream !== stream || !stream) return;
      this.steady = this.stillness.next(this.smallFrame(), SMALL, now);
      this.video.requestVideoFrameCallback(look);
    };
    this.video.requestVideoFrameCallback(look);
  }

  private smallFrame(): Uint8ClampedArray {
    const { videoWidth, videoHeight } = this.video;
    this.small.width = SMALL;
    this.small.height = Math.max(Math.round((SMALL * videoHeight) / Math.max(videoWidth, 1)), 3);
    const context = this.small.getContext("2d", { willReadFrequently: true });
    if (!context) return new Uint8ClampedArray(0);
    context.imageSmoothingQuality = "medium";
    context.drawImage(this.video, 0, 0, this.small.width, this.small.height);
    const { data } = context.getImageData(0, 0, this.small.width, this.small.height);
    return Uint8ClampedArray.from({ length: data.length / 4 }, (_, i) => data[4 * i + 1]!);
  }
}

function complaintOf(name: string): string {
  if (name === "NotAllowedError" || name === "SecurityError") return WORDS.cameraDenied;
  if (name === "NotFoundError" || name === "OverconstrainedError") return WORDS.cameraMissing;
  return WORDS.cameraBusy;
}
