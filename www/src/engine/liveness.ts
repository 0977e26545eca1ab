// Whether a worker is still alive. A worker tells nobody that the browser has ended it.
import type { Remote } from "comlink";
import type { EngineApi } from "./worker";

/** Milliseconds between two questions, and how many may go unanswered in a row: a large model holds its worker for half a minute. */
const BEAT_MS = 2_000;
const PATIENCE = 60;

let workers = 0;

/**
 * Watches a worker, and says once that it is dead.
 *
 * The worker holds a lock, which the browser gives to whoever waits for it as soon as the worker is gone. Where there are no
 * locks, as in a frame without an origin, a worker that is silent for two minutes is taken for dead.
 */
export class Liveness {
  readonly #stopped = new AbortController();

  constructor(api: Remote<EngineApi>, died: () => void) {
    const name = `leftright-worker-${performance.timeOrigin}-${++workers}-${Math.random()}`;
    void api.holdLock(name).then((held) => {
      if (this.#stopped.signal.aborted) return;
      if (held) void navigator.locks.request(name, { signal: this.#stopped.signal }, died).catch(() => undefined);
      else this.#beat(api, died);
    });
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Counts questions rather than time: a page that was suspended wakes with one unanswered, not with many. */
  #beat(api: Remote<EngineApi>, died: () => void): void {
    let missed = 0;
    const timer = setInterval(() => {
      if (missed === PATIENCE) died();
      missed += 1;
      void api.ping().then(() => (missed = 0));
    }, BEAT_MS);
    this.#stopped.signal.addEventListener("abort", () => { clearInterval(timer); });
  }
}
