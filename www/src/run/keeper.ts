// Keeps a run in this browser while it changes, so that a reload loses nothing.
import { holdLock } from "../util/hold-lock";
import type { Run } from "./run";
import { anew, type SavedRun } from "./saved-run";
import { store, type KeptRun } from "./store";

/** Milliseconds between two times that a run in training is kept; the first time is at once. */
const EVERY_MS = 2_000;

/** Of each run that is kept and not closed. */
const keepers = new Map<Run, Keeper>();

/** What keeps a run, from now on. */
export function keeperOf(run: Run): Keeper {
  const keeper = keepers.get(run) ?? new Keeper(run);
  if (!run.closed) keepers.set(run, keeper);
  return keeper;
}

/** Fires `left` when it is known that an earlier visit, or another tab that is closed now, left a run here. */
export class Keeper extends EventTarget {
  /** The run's state that was last kept. */
  #revision: number;
  /** When the run was last kept, in milliseconds since the page was opened. */
  #keptAt = -EVERY_MS;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** A run that an earlier visit left here, until the reader says what becomes of it. */
  left: KeptRun | null = null;

  readonly #changed = () => { this.#follow(); };
  /** A page that is gone has no time left. */
  readonly #hidden = ({ type }: Event) => { if (type === "pagehide" || document.visibilityState === "hidden") this.#keep(); };

  constructor(private readonly run: Run) {
    super();
    this.#revision = run.stateRevision;
    run.addEventListener("change", this.#changed);
    document.addEventListener("visibilitychange", this.#hidden);
    addEventListener("pagehide", this.#hidden);
  }

  /** Goes on with the run that was left. */
  async resume(): Promise<void> {
    const { left, run } = this;
    this.left = null;
    if (!left) return;
    const [saved, elsewhere] = await Promise.all([store.read(left), held()]);
    if (saved && !elsewhere.includes(lockOf(left.id))) {
      await this.open(saved);
      return;
    }
    run.fail(saved ? "Another tab goes on with that run; it is offered here when that one is closed." : "The run that was kept here is gone.");
    await this.look();
  }

  /** Opens a kept run, which is from now on kept in its place; one that another tab has open, beside it. */
  async open(saved: SavedRun): Promise<void> {
    const { id } = saved.keptAs;
    const elsewhere = !holding.has(id) && (await held()).includes(lockOf(id));
    await this.run.resume(elsewhere ? { ...saved, keptAs: anew() } : saved);
  }

  /** Keeps the run as it is now under a name of the reader's; what is trained on is kept as another. */
  async keepAs(name: string): Promise<void> {
    const saved = this.run.saved();
    if (saved) await store.keep({ ...saved, keptAs: anew(name) });
  }

  /** What is at hand is not kept again before it changes. */
  async forgetEverything(): Promise<void> {
    this.#stop();
    this.#revision = this.run.stateRevision;
    this.left = null;
    await store.forgetEverything();
  }

  /**
   * Looks for what was left. The latest run is waited for while another page holds it, as one does that is just being reloaded;
   * where that takes longer, the latest that nobody holds is left, and that one when its page is closed.
   */
  async look(): Promise<void> {
    const kept = (await store.list()).filter(({ name }) => name === null);
    const [latest] = kept;
    if (!latest) return;
    const free = whenFree(lockOf(latest.id));
    await Promise.race([free, new Promise((resolve) => setTimeout(resolve, LETS_GO_MS))]);
    const elsewhere = await held();
    const found = kept.find(({ id }) => !elsewhere.includes(lockOf(id)));
    if (found) this.#offer(found);
    if (found === latest) return;
    await free;
    // It may have gone on since, and here too.
    const now = (await store.list()).find(({ id }) => id === latest.id);
    if (now && this.run.keptAs.id !== now.id) this.#offer(now);
  }

  #offer(left: KeptRun): void {
    this.left = left;
    this.dispatchEvent(new Event("left"));
  }

  #follow(): void {
    const { run } = this;
    // Another model may take its place, or nothing.
    if (run.phase === "loading" || run.closed) this.#keep();
    if (run.closed) this.#end();
    if (run.stateRevision === this.#revision) return;
    if (run.step === 0 || run.bundled) {
      this.#stop();
      this.#revision = run.stateRevision;
      return;
    }
    const wait = run.phase === "training" ? this.#keptAt + EVERY_MS - performance.now() : 0;
    this.#timer ??= setTimeout(() => { this.#keep(); }, Math.max(wait, 0));
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #end(): void {
    this.#stop();
    keepers.delete(this.run);
    this.run.removeEventListener("change", this.#changed);
    document.removeEventListener("visibilitychange", this.#hidden);
    removeEventListener("pagehide", this.#hidden);
  }

  #keep(): void {
    this.#stop();
    const { run } = this;
    if (run.stateRevision === this.#revision) return;
    // One kept run can be opened twice: each goes its own way.
    for (const other of keepers.keys()) if (other !== run && other.keptAs.id === run.keptAs.id) run.keptAs = anew();
    const saved = run.saved();
    if (!saved || saved.step === 0 || saved.bundled) return;
    this.#revision = run.stateRevision;
    this.#keptAt = performance.now();
    hold(saved.keptAs.id);
    void store.keep(saved);
  }
}

function lockOf(id: string): string {
  return `leftright-run-${id}`;
}

const holding = new Set<string>();

/** As long as this page is open, no other offers to resume the run. */
function hold(id: string): void {
  if (holding.has(id)) return;
  holding.add(id);
  void holdLock(lockOf(id));
}

/** Milliseconds in which a page that is reloaded lets go of its run, also on a busy machine. */
const LETS_GO_MS = 3_000;

/** When nobody holds a lock, and at once where there are no locks. */
async function whenFree(name: string): Promise<void> {
  const { locks } = navigator as { locks?: LockManager };
  await locks?.request(name, () => undefined).catch(() => undefined);
}

/** The locks of runs that are open somewhere. */
async function held(): Promise<string[]> {
  const { locks } = navigator as { locks?: LockManager };
  const known = await locks?.query().catch(() => null);
  return known?.held?.flatMap(({ name }) => name ?? []) ?? [];
}
