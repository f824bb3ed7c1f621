// Runs a TensorFlow.js model for Python: pages come and answers go over the local server, as float32.
// Boxes go before scores, each flat.
let model;

// Starts a backend, loads the model, and runs it once, which compiles it. Returns milliseconds for each.
async function load(backend) {
  tf.wasm.setWasmPaths("/packages/tfjs-backend-wasm/dist/");
  const started = performance.now();
  if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend)
    throw new Error(`the backend ${backend} is not to be had in this browser`);
  await tf.ready();
  const ready = performance.now();
  model = await tf.loadGraphModel("/model/model.json");
  const loaded = performance.now();
  await answer(tf.zeros(model.inputs[0].shape));
  const threads = backend === "wasm" ? tf.wasm.getThreadsCount() : 1;
  return { start_ms: ready - started, load_ms: loaded - ready, first_ms: performance.now() - loaded, threads };
}

// All boxes and scores of a page; disposes of it.
async function answer(page) {
  const [boxes, scores] = model.execute(page, ["boxes", "scores"]);
  const found = await Promise.all([boxes.data(), scores.data()]);
  tf.dispose([page, boxes, scores]);
  return found;
}

// Runs the page that the server has, and hands the answer back. Returns milliseconds that the model took.
async function run() {
  const bytes = await (await fetch("/page")).arrayBuffer();
  const page = tf.tensor(new Float32Array(bytes), model.inputs[0].shape);
  const started = performance.now();
  const found = await answer(page);
  const taken = performance.now() - started;
  await fetch("/answer", { method: "POST", body: new Blob(found) });
  return taken;
}

// The picture file that the server has, decoded and scaled by the browser: uint8 RGBA of these rows and columns.
async function scale(rows, columns) {
  const picture = await createImageBitmap(await (await fetch("/picture")).blob());
  const context = new OffscreenCanvas(columns, rows).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, columns, rows);
  await fetch("/answer", { method: "POST", body: new Blob([context.getImageData(0, 0, columns, rows).data]) });
}
