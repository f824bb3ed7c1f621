/** Who can compute: WebAssembly on the processor, WebGL or WebGPU on the graphics card. */
export const BACKENDS = ["wasm", "webgl", "webgpu"] as const;
export type Backend = (typeof BACKENDS)[number];
