/** The page's side of the worker that sees. */
import type { Backend } from "./detector";
import type { Answers, Reply, Request } from "./messages";

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class Eye {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const asked = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ("error" in data) asked?.reject(new Error(data.error));
      else asked?.resolve(data.answer as never);
    };
    this.worker.onerror = ({ message }) => {
      for (const { reject } of this.waiting.values()) reject(new Error(message || "The worker could not be started."));
      this.waiting.clear();
    };
  }

  open(model: string, backend: Backend): Promise<Answers["open"]> {
    return this.ask({ ask: "open", model, backend });
  }

  /** Searches a picture, which is handed over. `whole`: at the scale of print, not only as it fits. */
  find(picture: ImageBitmap, whole: boolean): Promise<Answers["find"]> {
    return this.ask({ ask: "find", picture, whole }, [picture]);
  }

  private ask<R extends Request>(request: R, handedOver: Transferable[] = []): Promise<Answers[R["ask"]]> {
    this.last += 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...request, id }, handedOver);
    });
  }
}
