// What the page is served with, by serve.mjs; any other host should send the same.
export const HEADERS = {
  // The page is isolated from other origins: only then a browser gives it shared memory, so threads in WebAssembly.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  // Nothing but this page's own files is ever loaded, and nothing is sent anywhere: the browser sees to it.
  "Content-Security-Policy": [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval' blob:", // TensorFlow.js starts threads from a blob
    "worker-src 'self' blob:",
    "img-src 'self' blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
