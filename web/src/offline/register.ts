/** Has the service worker keep the page on the device. */

/** Calls back when all of the page is kept. In development nothing is. */
export async function keepOffline(onKept: () => void): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("./offline.js");
  await navigator.serviceWorker.ready;
  onKept();
}
