/** Has the service worker keep the page on the device. */

/** Calls back when all of the page is kept; where the browser keeps nothing (in a private window, say), never. */
export function keepOffline(onKept: () => void): void {
  if (!("serviceWorker" in navigator)) return;
  const kept = navigator.serviceWorker.register("./offline.js").then(() => navigator.serviceWorker.ready);
  kept.then(onKept, () => undefined);
}
