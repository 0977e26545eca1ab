/** Goes to the newest of many places that are asked for: one at a time, and those in between are left out. */
export class Newest<T> {
  #wanted: { place: T } | null = null;
  #going: Promise<void> | null = null;

  /** `changed`: where the hand is has changed. */
  constructor(
    private readonly show: (place: T) => Promise<unknown>,
    private readonly changed: () => void,
  ) {}

  /** Where the hand is, until what is shown has come there too. */
  get wanted(): T | null {
    return this.#wanted?.place ?? null;
  }

  /** Resolves when the newest place is shown. */
  to(place: T): Promise<void> {
    this.#wanted = { place };
    this.changed();
    this.#going ??= this.#go(this.#wanted);
    return this.#going;
  }

  async #go(wanted: { place: T }): Promise<void> {
    try {
      await this.show(wanted.place);
      if (this.#wanted && this.#wanted !== wanted) await this.#go(this.#wanted);
    } finally {
      this.#wanted = null;
      this.#going = null;
      this.changed();
    }
  }
}
