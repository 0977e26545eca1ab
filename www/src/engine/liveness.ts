// Whether a worker is still alive. A worker tells nobody that the browser has ended it.
import type { Remote } from "comlink";
import type { EngineApi } from "./worker";

/** Milliseconds between two questions, and how many may go unanswered in a row: a large model holds its worker for half a minute. */
const BEAT_MS = 2_000;
const PATIENCE = 60;

let workers = 0;

/**
 * Watches a worker, and says that it is dead, or never came to life.
 *
 * The worker holds a lock, which the browser gives to whoever waits for it as soon as the worker is gone. Until the page knows that
 * it holds it, the worker is asked every two seconds: one that has answered, falls silent and has no lock is dead. Where there are no
 * locks, as in a frame without an origin, a worker that is silent for two minutes is taken for dead.
 */
export class Liveness {
  /** Whether the worker has ever answered. */
  answered = false;
  readonly #stopped = new AbortController();
  readonly #name = `leftright-worker-${performance.timeOrigin}-${++workers}-${Math.random()}`;
  #locks = (navigator as { locks?: LockManager }).locks;
  readonly #beating: ReturnType<typeof setInterval>;

  constructor(api: Remote<EngineApi>, died: () => void) {
    const { signal } = this.#stopped;
    // Asked for before anything that it answers.
    const holding = api.holdLock(this.#name);
    this.#beating = this.#beat(api, died);
    void holding.then((held) => {
      if (!held) this.#locks = undefined;
      if (signal.aborted || !held) return;
      clearInterval(this.#beating);
      void this.#locks?.request(this.#name, { signal }, died).catch(() => undefined);
    });
  }

  stop(): void {
    clearInterval(this.#beating);
    this.#stopped.abort();
  }

  #beat(api: Remote<EngineApi>, died: () => void): ReturnType<typeof setInterval> {
    // Questions are counted rather than time: a page that was suspended wakes with one unanswered, not with many.
    let missed = 0;
    const ask = () => {
      missed += 1;
      void api.ping().then(() => {
        missed = 0;
        this.answered = true;
      });
    };
    const look = async () => {
      const silent = missed > PATIENCE || (this.answered && missed > 1 && (await this.#unlocked()));
      if (this.#stopped.signal.aborted) return;
      if (silent) died();
      else ask();
    };
    ask();
    return setInterval(() => void look(), BEAT_MS);
  }

  /** Whether the browser knows of no worker that has the lock or waits for it. */
  async #unlocked(): Promise<boolean> {
    const known = await this.#locks?.query().catch(() => undefined); // refused where storage is
    return known !== undefined && ![...(known.held ?? []), ...(known.pending ?? [])].some(({ name }) => name === this.#name);
  }
}
