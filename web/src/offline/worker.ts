/**
 * Keeps the page for use without a network.
 *
 * Installed, it has fetched every file of one build, or it is not installed. From then on the page comes from here, all
 * of it from the same build; a new build is fetched beside it and takes over when the page is next opened.
 */
const worker = self as unknown as ServiceWorkerGlobalScope;

/** Written in when the page is built: a fingerprint of all files, and their names. */
declare const BUILD: { readonly version: string; readonly files: readonly string[] };

const NAME = `inklink-${BUILD.version}`;

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(BUILD.files)));
});

worker.addEventListener("activate", (event) => {
  const clean = async () => {
    const names = await caches.keys();
    await Promise.all(
      names.filter((name) => name.startsWith("inklink-") && name !== NAME).map((name) => caches.delete(name)),
    );
    await worker.clients.claim();
  };
  event.waitUntil(clean());
});

worker.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || new URL(event.request.url).origin !== worker.location.origin) return;
  event.respondWith(
    caches
      .open(NAME)
      .then((cache) => cache.match(event.request, { ignoreSearch: true }))
      .then((kept) => kept ?? fetch(event.request)),
  );
});
