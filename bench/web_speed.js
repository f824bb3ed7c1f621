// What web_speed.py asks of the page. Added before the page's own scripts run; nothing in it is changed.
window.inklinkSpeed = (() => {
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const measured = () => performance.getEntriesByType("measure");
  const endOf = ({ startTime, duration }) => startTime + duration;
  const patience = 60_000;

  // Who draws, where a graphics card or its imitation does.
  async function drawnOn(backend) {
    if (backend === "webgpu") {
      const { info } = (await navigator.gpu?.requestAdapter()) ?? {};
      return info ? `${info.vendor} ${info.architecture}` : "no adapter";
    }
    const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
    return gl ? gl.getParameter(gl.getExtension("WEBGL_debug_renderer_info").UNMASKED_RENDERER_WEBGL) : "no context";
  }

  function asker(address) {
    const worker = new Worker(new URL(address, document.baseURI), { type: "module" });
    let last = 0;
    return (name, given = {}, handedOver = []) =>
      new Promise((resolve, reject) => {
        last += 1;
        worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.answer));
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage({ name, id: last, ...given }, handedOver);
      });
  }

  return {
    // Milliseconds of each frame, after one without a clock; stops after a minute, but not before the first.
    async frames(address, backend, picture, count) {
      const ask = asker(address);
      const threads = crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, 4) : 1;
      const on = backend === "wasm" ? `${threads} thread${threads > 1 ? "s" : ""}` : await drawnOn(backend);
      const taken = [];
      try {
        await ask("open", { model: new URL("model/", document.baseURI).href, backend });
      } catch (error) {
        return { taken, on: `${on}: ${error.message}` };
      }
      const file = new Blob([bytesOf(picture)]);
      const begun = performance.now();
      for (let frame = -1; frame < count && (frame < 1 || performance.now() - begun < patience); frame += 1) {
        const bitmap = await createImageBitmap(file);
        const started = performance.now();
        await ask("find", { picture: bitmap }, [bitmap]);
        if (frame >= 0) taken.push(performance.now() - started);
      }
      return { taken, on };
    },

    // Gives the page a picture as a person would, and waits until it has said all that it finds.
    async read(picture) {
      const chooser = document.querySelector("#file");
      const given = new DataTransfer();
      given.items.add(new File([bytesOf(picture)], "page.jpg", { type: "image/jpeg" }));
      const list = document.querySelector("#links");
      const status = document.querySelector("#status");
      let second = null;
      const started = performance.now();
      const known = measured().length;
      const all = new Promise((resolve) => {
        const watcher = new MutationObserver(() => {
          if (second === null && list.children.length >= 2) second = performance.now();
          if (/^(\d+ links? found|No printed|There is a link here|Something|The detector)/.test(status.textContent)) {
            watcher.disconnect();
            resolve(performance.now());
          }
        });
        const seen = { childList: true, subtree: true, characterData: true };
        setTimeout(() => [list, status].forEach((each) => watcher.observe(each, seen)));
      });
      chooser.files = given.files;
      chooser.dispatchEvent(new Event("change", { bubbles: true }));
      const done = await all;
      const parts = { find: 0, read: 0, check: 0, findCloser: 0 };
      for (const entry of measured().slice(known)) {
        const name = entry.name.replace("inklink ", "");
        if (name in parts && endOf(entry) <= (second ?? done) + 1) parts[name] += entry.duration;
      }
      return { second: second === null ? null : second - started, done: done - started, parts };
    },

    // When detector and reader were loaded, since the address was opened.
    readyAt: () => endOf(performance.getEntriesByName("inklink openReader")[0]),

    steadyToLink: () =>
      performance.getEntriesByName("inklink link")[0].startTime -
      performance.getEntriesByName("inklink steady")[0].startTime,
  };
})();
