const MILLISECONDS = 320;

/** Numbers of a picture on their way from what was drawn to what is to be drawn, so that a change is seen to happen. */
export class Tween {
  #from: number[] = [];
  #to: number[] = [];
  #began = 0;
  #frame = 0;

  /** `changed`: the numbers have moved on. */
  constructor(private readonly changed: () => void) {}

  /** The numbers as they are to be drawn now. */
  get now(): number[] {
    const share = Math.min(1, (performance.now() - this.#began) / MILLISECONDS);
    const eased = 1 - (1 - share) ** 3;
    return share === 1 ? this.#to : this.#to.map((to, i) => (this.#from[i] ?? to) * (1 - eased) + to * eased);
  }

  /** Sets out for other numbers; at once where there is nothing to be seen on the way, or the reader wants no motion. */
  go(to: number[]): void {
    if (to.length === this.#to.length && to.every((value, i) => value === this.#to[i])) return;
    const still = to.length !== this.#to.length || document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#from = still ? to : this.now;
    this.#to = to;
    this.#began = still ? -Infinity : performance.now();
    cancelAnimationFrame(this.#frame);
    if (!still) this.#next();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#began = -Infinity;
  }

  #next(): void {
    this.#frame = requestAnimationFrame(() => {
      if (performance.now() - this.#began < MILLISECONDS) this.#next();
      this.changed();
    });
  }
}
