/** The page's side of the worker that sees. */
import type { Answered, Asked, Name, Reply } from "./messages";

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

  /** Asks the worker; pictures in `handedOver` are no longer ours. */
  ask<N extends Name>(name: N, asked: Asked[N], handedOver: Transferable[] = []): Promise<Answered[N]> {
    this.last += 1;
    const id = this.last;
    const start = performance.now();
    return new Promise((resolve, reject) => {
      const answered = (answer: Answered[N]) => {
        performance.measure(`inklink ${name}`, { start });
        resolve(answer);
      };
      this.waiting.set(id, { resolve: answered, reject });
      this.worker.postMessage({ name, id, ...asked }, handedOver);
    });
  }
}
