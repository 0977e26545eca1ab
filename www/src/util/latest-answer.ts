/**
 * The answer to the newest of many questions. One is in flight at a time and those in between are skipped, so that
 * a dragged object or a running training never queues up work for the engine.
 */
export class LatestAnswer<T> {
  value: T | null = null;
  #key: unknown[] = [];
  #next: (() => Promise<T | null>) | null = null;
  #busy = false;

  constructor(private readonly answered: () => void) {}

  /** Asks, unless `key` is that of the last question asked. */
  ask(key: unknown[], question: () => Promise<T | null>): void {
    if (key.length === this.#key.length && key.every((part, i) => part === this.#key[i])) return;
    this.#key = key;
    this.#next = question;
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const question = this.#next;
      this.#next = null;
      const answer = await question();
      if (answer === null) continue;
      this.value = answer;
      this.answered();
    }
    this.#busy = false;
  }
}
