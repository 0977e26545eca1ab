/** What takes long in this page, and how far it is. Fires `change`. */
class Work extends EventTarget {
  readonly #shares = new Map<object, number>();

  /** `share`: how much of its work a worker has done, from 0 to 1; null when it has stopped. */
  report(worker: object, share: number | null): void {
    if (share === null ? !this.#shares.delete(worker) : this.#shares.get(worker) === share) return;
    if (share !== null) this.#shares.set(worker, share);
    this.dispatchEvent(new Event("change"));
  }

  /** The mean share of all that goes on; null where nothing does. */
  get share(): number | null {
    const shares = [...this.#shares.values()];
    return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
  }
}

export const work = new Work();
