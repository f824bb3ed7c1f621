/** Pictures that a person chose, dropped or pasted. */
import { WORDS } from "./words";

/** More pixels than some phones can draw; a larger picture is scaled down to it. */
const MOST_PIXELS = 16_000_000;

/** What went wrong, in a sentence for the person at the page. */
export class Sorry extends Error {}

/** Decodes a file, turned upright as its EXIF says. Throws `Sorry` where the browser cannot. */
export async function decoded(file: Blob): Promise<ImageBitmap> {
  const whole = await createImageBitmap(file).catch(() => {
    throw new Sorry(WORDS.notAPicture);
  });
  const pixels = whole.width * whole.height;
  if (pixels <= MOST_PIXELS) return whole;
  const resizeWidth = Math.floor(whole.width * Math.sqrt(MOST_PIXELS / pixels));
  const smaller = await createImageBitmap(whole, { resizeWidth, resizeQuality: "high" });
  whole.close();
  return smaller;
}

/** Calls back with each file that is chosen, dropped anywhere on the page, or pasted. */
export function onPicture(chooser: HTMLInputElement, take: (file: Blob) => void): void {
  const takeFirst = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file) take(file);
  };
  chooser.addEventListener("change", () => {
    takeFirst(chooser.files);
    chooser.value = ""; // the same file may be chosen again
  });
  document.addEventListener("paste", ({ clipboardData }) => takeFirst(clipboardData?.files));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  for (const end of ["dragleave", "drop"]) {
    document.addEventListener(end, () => document.body.classList.remove("dropping"));
  }
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    takeFirst(event.dataTransfer?.files);
  });
}
