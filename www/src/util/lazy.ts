/** Something made when it is first asked for, and once for all who ask; where making it failed, the next asks anew. */
export class Lazy<T> {
  /** While it is made, and afterwards. */
  pending: Promise<T> | null = null;

  constructor(private readonly make: () => Promise<T>) {}

  get(): Promise<T> {
    if (!this.pending) {
      this.pending = this.make();
      this.pending.catch(() => (this.pending = null));
    }
    return this.pending;
  }

  /** Forgets it, so that the next who asks has it made anew. */
  forget(): void {
    this.pending = null;
  }
}
