// Serves the built page: `node serve.mjs [--port 8080] [--host 127.0.0.1] [--folder dist]`.
// Text and WebAssembly go out gzipped, everything with the headers of headers.mjs.
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { HEADERS } from "./headers.mjs";

const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
});
const SHRINKS = new Set([".html", ".js", ".css", ".json", ".webmanifest", ".svg", ".wasm", ".bin"]);

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8080" },
    host: { type: "string", default: "127.0.0.1" },
    folder: { type: "string", default: path.join(path.dirname(fileURLToPath(import.meta.url)), "dist") },
  },
});
const root = path.resolve(values.folder);
if (!existsSync(path.join(root, "index.html"))) {
  process.stderr.write(`There is no page in ${root}: build it first, \`npm run build\`.\n`);
  process.exit(2);
}

/** @type {Map<string, { body: Buffer, written: number }>} */
const shrunk = new Map();
const gzipped = (/** @type {string} */ file) => {
  const written = statSync(file).mtimeMs;
  const known = shrunk.get(file);
  if (known?.written === written) return known.body;
  const body = gzipSync(readFileSync(file));
  shrunk.set(file, { body, written });
  return body;
};

/** The file that an address means, null where there is none in the folder. */
const fileOf = (/** @type {string} */ address) => {
  const wanted = decodeURIComponent(new URL(address, "http://page").pathname);
  const file = path.join(root, wanted.endsWith("/") ? `${wanted}index.html` : wanted);
  return file.startsWith(root + path.sep) && existsSync(file) && statSync(file).isFile() ? file : null;
};

const server = createServer((request, response) => {
  let file = null;
  try {
    file = fileOf(request.url ?? "/");
  } catch {
    // An address that cannot be decoded is an address of nothing.
  }
  if (!file) {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("There is nothing here.\n");
    return;
  }
  const ending = path.extname(file);
  const headers = {
    ...HEADERS,
    "Content-Type": TYPES[ending] ?? "application/octet-stream",
    // Names under assets/ change with what they hold; the others are asked for again.
    "Cache-Control": file.includes(`${path.sep}assets${path.sep}`) ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (SHRINKS.has(ending) && /\bgzip\b/.test(String(request.headers["accept-encoding"]))) {
    const body = gzipped(file);
    response.writeHead(200, { ...headers, "Content-Encoding": "gzip", "Content-Length": body.length }).end(body);
  } else {
    response.writeHead(200, { ...headers, "Content-Length": statSync(file).size });
    createReadStream(file).pipe(response);
  }
});

server.on("error", (error) => {
  process.stderr.write(`The page cannot be served on ${values.host}:${values.port}: ${error.message}.\n`);
  process.exit(2);
});
server.listen(Number(values.port), values.host, () => {
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : values.port;
  process.stdout.write(`InkLink is at http://${values.host === "127.0.0.1" ? "localhost" : values.host}:${port}/\n`);
});
