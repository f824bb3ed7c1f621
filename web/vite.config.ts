import path from "node:path";
import process from "node:process";
import { defineConfig } from "vite";
import { brought } from "./build/brought.ts";
import { OFFLINE, offlineFiles } from "./build/offline.ts";
import { selfContainedThreads } from "./build/threads.ts";

const model = path.resolve(import.meta.dirname, process.env.INKLINK_MODEL ?? "../models/detector/small/tfjs_float16");

export default defineConfig({
  base: "./",
  plugins: [brought(model), offlineFiles],
  build: {
    target: "es2022",
    emptyOutDir: true,
    chunkSizeWarningLimit: 1500,
    assetsInlineLimit: 0,
    rolldownOptions: {
      checks: { bundlerTimings: false },
      input: { page: "index.html", offline: "src/offline/worker.ts" },
      output: { entryFileNames: ({ name }) => (name === "offline" ? OFFLINE : "assets/[name]-[hash].js") },
    },
  },
  worker: { format: "es", plugins: () => [selfContainedThreads] },
});
