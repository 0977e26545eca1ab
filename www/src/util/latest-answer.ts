/**
 * The answer to the newest of many questions. One is in flight at a time and those in between are skipped, so that
 * a dragged object or a running training never queues up work for the engine.
 */
export class LatestAnswer<T> {
  value: T | null = null;
  /** Why the newest question has no answer. */
  error: Error | null = null;
  #key: unknown[] = [];
  #next: (() => Promise<T>) | null = null;
  #last: (() => Promise<T>) | null = null;
  #busy = false;

  /** `changed`: there is another answer, or an error. */
  constructor(private readonly changed: () => void) {}

  /** Asks, unless `key` is that of the last question asked. */
  ask(key: unknown[], question: () => Promise<T>): void {
    if (key.length === this.#key.length && key.every((part, i) => part === this.#key[i])) return;
    this.#key = key;
    this.#put(question);
  }

  /** Asks the question that failed once more. */
  again(): void {
    if (this.#last) this.#put(this.#last);
  }

  #put(question: () => Promise<T>): void {
    this.#next = question;
    this.#last = question;
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const question = this.#next;
      this.#next = null;
      try {
        this.value = await question();
        this.error = null;
      } catch (thrown) {
        this.error = thrown instanceof Error ? thrown : new Error(String(thrown));
      }
      this.changed();
    }
    this.#busy = false;
  }
}
