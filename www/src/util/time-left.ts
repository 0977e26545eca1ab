/** Milliseconds of the past by which the pace is judged. */
const WINDOW = 10_000;
/** The share of its work that must be done before anything is said. */
const ENOUGH = 0.02;

/**
 * How long something still takes. What is said never rises while the work stays what it was: where the pace falls, it stands
 * still until time has caught up with it.
 */
export class TimeLeft {
  #marks: { time: number; done: number }[] = [];
  #total = 0;
  /** When it is said to end. */
  #end = Infinity;

  /** `done` of `total` are done now; whatever they count. */
  update(done: number, total: number, now = performance.now()): void {
    const last = this.#marks.at(-1);
    // Other work, or the same begun again.
    if (total !== this.#total || (last && done < last.done)) this.forget();
    this.#total = total;
    this.#marks = [...this.#marks, { time: now, done }].filter(({ time }, i, all) => time >= now - WINDOW || i === all.length - 1);
    const [first] = this.#marks;
    if (!first || done <= first.done || done < ENOUGH * total) return;
    const pace = (now - first.time) / (done - first.done);
    // An end that moves no faster than time leaves what is left as it is.
    const latest = Number.isFinite(this.#end) ? Math.max(this.#end, last?.time ?? now) + now - (last?.time ?? now) : Infinity;
    this.#end = Math.min(now + pace * (total - done), latest);
  }

  /** Milliseconds left, once there is a pace to judge by. */
  get(now = performance.now()): number | null {
    return Number.isFinite(this.#end) ? Math.max(0, this.#end - now) : null;
  }

  forget(): void {
    this.#marks = [];
    this.#total = 0;
    this.#end = Infinity;
  }
}
