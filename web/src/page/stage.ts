/** Shows the picture or the camera, and boxes over it. */
import type { Box } from "../eye/suppression";

export type State = "found" | "read" | "unreadable";

export interface Mark {
  readonly id: number;
  box: Box;
  state: State;
  /** Boxes around the link that was read behind it, line by line. */
  pieces: readonly Box[];
}

const SVG = "http://www.w3.org/2000/svg";

export class Stage {
  private address = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly image: HTMLImageElement,
    readonly video: HTMLVideoElement,
    private readonly overlay: SVGSVGElement,
  ) {
    video.addEventListener("resize", () => {
      if (!video.hidden) this.setCameraSize(); // the phone was turned
    });
  }

  showPicture(file: Blob, width: number, height: number): void {
    this.clear();
    this.address = URL.createObjectURL(file);
    this.image.src = this.address;
    this.image.hidden = false;
    this.root.dataset.shows = "picture";
    this.setSize(width, height, width / height);
  }

  showCamera(): void {
    this.clear();
    this.video.hidden = false;
    this.root.dataset.shows = "camera";
    this.setCameraSize();
  }

  clear(): void {
    URL.revokeObjectURL(this.address);
    this.address = "";
    this.image.hidden = true;
    this.image.removeAttribute("src");
    this.video.hidden = true;
    this.root.dataset.shows = "nothing";
    this.mark([]);
  }

  /** Draws boxes, in pixels of the picture; those with a known id glide to their place. */
  mark(marks: readonly Mark[]): void {
    const known = new Map([...this.overlay.querySelectorAll("rect")].map((rect) => [rect.dataset.part, rect]));
    const draw = (id: number, part: string, box: Box, margin: number, look: string) => {
      const rect = known.get(part) ?? document.createElementNS(SVG, "rect");
      known.delete(part);
      rect.dataset.id = String(id);
      rect.dataset.part = part;
      rect.setAttribute("class", look);
      rect.setAttribute("width", String(box.width + 2 * margin));
      rect.setAttribute("height", String(box.height + 2 * margin));
      rect.setAttribute("rx", String(box.height / 4));
      rect.style.transform = `translate(${box.x - margin}px, ${box.y - margin}px)`;
      if (!rect.parentNode) this.overlay.append(rect);
    };
    for (const { id, box, state, pieces } of marks) {
      for (const [line, piece] of pieces.entries()) draw(id, `${id}/${line}`, piece, 0, "piece");
      draw(id, String(id), box, box.height * 0.18, `prefix ${state}`);
    }
    for (const gone of known.values()) gone.remove();
  }

  /** Draws attention to one box; null to none. */
  point(id: number | null): void {
    for (const rect of this.overlay.querySelectorAll("rect")) {
      rect.classList.toggle("pointed", id !== null && rect.dataset.id === String(id));
    }
  }

  /** A tall camera's picture fills a stage that is less tall: above and below it is cut. */
  private setCameraSize(): void {
    const { videoWidth, videoHeight } = this.video;
    this.setSize(videoWidth, videoHeight, Math.max(videoWidth / videoHeight, 3 / 4));
  }

  /** Boxes are given in pixels of a picture of this size; the stage has a ratio of width to height. */
  private setSize(width: number, height: number, ratio: number): void {
    this.overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.root.style.setProperty("--ratio", String(ratio));
  }
}
