// Whether a worker is still alive. A worker tells nobody that the browser has ended it.
import type { Remote } from "comlink";
import type { EngineApi } from "./worker";

/** Milliseconds between two questions, and how many may go unanswered in a row: a large model holds its worker for half a minute. */
const BEAT_MS = 2_000;
const PATIENCE = 60;

let workers = 0;

/**
 * Watches a worker, and says that it is dead.
 *
 * The worker holds a lock, which the browser gives to whoever waits for it as soon as the worker is gone. Until it is known to hold
 * it, and where there are no locks, as in a frame without an origin, it is asked every two seconds, and is dead when it is silent
 * for two minutes, or has answered and has no lock.
 */
export class Liveness {
  readonly #stopped = new AbortController();
  readonly #name = `leftright-worker-${performance.timeOrigin}-${++workers}-${Math.random()}`;
  #locks = (navigator as { locks?: LockManager }).locks;

  constructor(api: Remote<EngineApi>, died: () => void) {
    const { signal } = this.#stopped;
    const holding = api.holdLock(this.#name);
    const beat = this.#beat(api, died);
    void holding.then((held) => {
      if (!held) this.#locks = undefined;
      if (signal.aborted || !held) return;
      clearInterval(beat);
      void this.#locks?.request(this.#name, { signal }, died).catch(() => undefined);
    });
  }

  stop(): void {
    this.#stopped.abort();
  }

  #beat(api: Remote<EngineApi>, died: () => void): ReturnType<typeof setInterval> {
    // Questions are counted rather than time: a page that was suspended wakes with one unanswered, not with many.
    let missed = 0;
    let answered = false;
    const ask = () => {
      missed += 1;
      void api.ping().then(() => {
        missed = 0;
        answered = true;
      });
    };
    ask();
    const beat = setInterval(() => {
      if (missed > PATIENCE) died();
      // It has asked for its lock before it answered anything.
      if (answered) void this.#unlocked().then((unlocked) => { if (unlocked && !this.#stopped.signal.aborted) died(); });
      ask();
    }, BEAT_MS);
    this.#stopped.signal.addEventListener("abort", () => { clearInterval(beat); });
    return beat;
  }

  /** Whether the browser knows of no worker with the lock, or in wait of it. */
  async #unlocked(): Promise<boolean> {
    if (!this.#locks) return false;
    const { held = [], pending = [] } = await this.#locks.query();
    return ![...held, ...pending].some(({ name }) => name === this.#name);
  }
}
