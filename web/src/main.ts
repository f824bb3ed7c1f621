import { Eye } from "./eye/eye";

const status = document.querySelector<HTMLElement>("#status")!;
const canvas = document.querySelector<HTMLCanvasElement>("#picture")!;
const eye = new Eye();
const opened = eye.open(new URL("model/", document.baseURI).href, "wasm");
opened.then(
  ({ backend }) => {
    status.textContent = `Ready (${backend})`;
  },
  (error: Error) => {
    status.textContent = error.message;
  },
);

async function show(file: Blob) {
  const picture = await createImageBitmap(file);
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext("2d")!;
  context.drawImage(picture, 0, 0);
  await opened;
  const { found, ms } = await eye.find(picture, true);
  context.strokeStyle = "crimson";
  context.lineWidth = 3;
  for (const { box } of found) context.strokeRect(box.x, box.y, box.width, box.height);
  status.textContent = `${found.length} prefixes in ${Math.round(ms)} ms`;
}

document.querySelector<HTMLInputElement>("#file")!.addEventListener("change", ({ target }) => {
  const file = (target as HTMLInputElement).files?.[0];
  if (file) void show(file);
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file) void show(file);
});
