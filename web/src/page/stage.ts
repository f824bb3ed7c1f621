/** Shows the picture or the camera, and boxes over it. */
import type { Box } from "../eye/suppression";

export type State = "found" | "read" | "unreadable";

export interface Mark {
  readonly id: number;
  readonly box: Box;
  readonly state: State;
}

const SVG = "http://www.w3.org/2000/svg";

export class Stage {
  private address = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly image: HTMLImageElement,
    readonly video: HTMLVideoElement,
    private readonly overlay: SVGSVGElement,
  ) {}

  showPicture(file: Blob, width: number, height: number): void {
    this.clear();
    this.address = URL.createObjectURL(file);
    this.image.src = this.address;
    this.image.hidden = false;
    this.root.dataset.shows = "picture";
    this.root.style.setProperty("--ratio", String(width / height));
    this.setSize(width, height, "meet");
  }

  showCamera(): void {
    this.clear();
    this.video.hidden = false;
    this.root.dataset.shows = "camera";
    this.setSize(this.video.videoWidth, this.video.videoHeight, "slice");
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
    const known = new Map([...this.overlay.querySelectorAll("rect")].map((rect) => [rect.dataset.id, rect]));
    for (const { id, box, state } of marks) {
      const rect = known.get(String(id)) ?? document.createElementNS(SVG, "rect");
      known.delete(String(id));
      rect.dataset.id = String(id);
      rect.setAttribute("class", state);
      const margin = box.height * 0.18;
      rect.setAttribute("width", String(box.width + 2 * margin));
      rect.setAttribute("height", String(box.height + 2 * margin));
      rect.setAttribute("rx", String(margin * 1.5));
      rect.style.transform = `translate(${box.x - margin}px, ${box.y - margin}px)`;
      if (!rect.parentNode) this.overlay.append(rect);
    }
    for (const gone of known.values()) gone.remove();
  }

  /** Draws attention to one box; null to none. */
  point(id: number | null): void {
    for (const rect of this.overlay.querySelectorAll("rect")) {
      rect.classList.toggle("pointed", id !== null && rect.dataset.id === String(id));
    }
  }

  /** Boxes are given in pixels of the picture, which fits into the stage (`meet`) or fills it (`slice`). */
  private setSize(width: number, height: number, fit: "meet" | "slice"): void {
    this.overlay.setAttribute("preserveAspectRatio", `xMidYMid ${fit}`);
    this.overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }
}
