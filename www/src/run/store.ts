// What is kept in this browser over a reload: runs, and the measurements of experiments. Where storage is refused or full that
// is said once, and costs nothing else.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Measurement } from "../engine/pkg/leftright.js";
import { Lazy } from "../util/lazy";
import { sizeOf, type KeptAs, type SavedRun } from "./saved-run";

/** What is said of a kept run without reading its models. */
export interface KeptRun extends KeptAs {
  /** When it was last kept, in milliseconds since 1970. */
  time: number;
  bytes: number;
  step: number;
  settings: SavedRun["settings"];
}

/** The measurements of an experiment's models. */
export interface KeptMeasurements {
  /** The jobs as JSON: measurements of others say nothing. */
  jobs: string;
  measurements: Measurement[];
}

interface Schema extends DBSchema {
  runs: { key: string; value: KeptRun };
  contents: { key: string; value: Omit<SavedRun, "keptAs"> };
  measurements: { key: string; value: KeptMeasurements };
}

/** Bytes of runs kept in all; beyond them the oldest go. */
const MOST_BYTES = 128 << 20;

/** Fires `change` when a run is kept or forgotten, and `trouble` once where nothing can be kept. */
class Store extends EventTarget {
  /** Why nothing is kept, if nothing is. */
  trouble: string | null = null;
  readonly #database = new Lazy(() =>
    openDB<Schema>("leftright", 1, {
      upgrade(database) {
        database.createObjectStore("runs", { keyPath: "id" });
        database.createObjectStore("contents");
        database.createObjectStore("measurements");
      },
      // A newer page wants the database: it may have it.
      blocking(_, __, event) {
        (event.target as IDBDatabase).close();
      },
    }),
  );
  /** The open database, for what must be written before the page is gone. */
  #open: IDBPDatabase<Schema> | null = null;

  /** The kept runs, the latest first. */
  async list(): Promise<KeptRun[]> {
    const runs = (await this.#try((database) => database.getAll("runs"))) ?? [];
    return runs.sort((a, b) => b.time - a.time);
  }

  async read({ id, name }: KeptRun): Promise<SavedRun | null> {
    const contents = await this.#try((database) => database.get("contents", id));
    return contents ? { ...contents, keptAs: { id, name } } : null;
  }

  /** Keeps a run in the place of what its id had; the oldest others go where there are too many bytes. */
  async keep(saved: SavedRun): Promise<void> {
    const { keptAs, ...contents } = saved;
    const { id } = keptAs;
    const run: KeptRun = { ...keptAs, time: Date.now(), bytes: sizeOf(saved), step: saved.step, settings: saved.settings };
    await this.#try(async (database) => {
      const transaction = database.transaction(["runs", "contents"], "readwrite");
      void transaction.objectStore("runs").put(run);
      void transaction.objectStore("contents").put(contents, id);
      // At once: a page that is closing does not live to see the answers.
      transaction.commit();
      await transaction.done;
    });
    const others = (await this.list()).filter((other) => other.id !== id);
    let { bytes } = run;
    for (const other of others) {
      bytes += other.bytes;
      if (bytes > MOST_BYTES) await this.forget(other.id);
    }
    this.dispatchEvent(new Event("change"));
  }

  async forget(id: string): Promise<void> {
    await this.#try((database) => Promise.all([database.delete("runs", id), database.delete("contents", id)]));
    this.dispatchEvent(new Event("change"));
  }

  async forgetEverything(): Promise<void> {
    await this.#try((database) => Promise.all((["runs", "contents", "measurements"] as const).map((name) => database.clear(name))));
    this.dispatchEvent(new Event("change"));
  }

  async measurements(experiment: string): Promise<KeptMeasurements | null> {
    return (await this.#try((database) => database.get("measurements", experiment))) ?? null;
  }

  async keepMeasurements(experiment: string, kept: KeptMeasurements): Promise<void> {
    await this.#try((database) => database.put("measurements", kept, experiment));
  }

  /** Adds measurements to what is kept of an experiment; of the same model and step that stays, and so it does where the jobs differ. */
  async addMeasurements(experiment: string, { jobs, measurements }: KeptMeasurements): Promise<void> {
    const here = (await this.measurements(experiment)) ?? { jobs, measurements: [] };
    if (here.jobs !== jobs) return;
    const has = new Set(here.measurements.map(({ job, step }) => `${job} ${step}`));
    const others = measurements.filter(({ job, step }) => !has.has(`${job} ${step}`));
    await this.keepMeasurements(experiment, { jobs, measurements: [...here.measurements, ...others] });
  }

  /** Every experiment that has measurements, and what they are. */
  async allMeasurements(): Promise<[string, KeptMeasurements][]> {
    const all = await this.#try(async (database) => {
      const [names, kept] = await Promise.all([database.getAllKeys("measurements"), database.getAll("measurements")]);
      return names.map((name, i) => [name, kept[i]] as const);
    });
    return (all ?? []).flatMap(([name, kept]) => (kept ? [[name, kept] as [string, KeptMeasurements]] : []));
  }

  /** Does something with the database; without one, and where it fails, null, which is said once. */
  async #try<T>(work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T | null> {
    try {
      this.#open ??= await this.#database.get();
      return await work(this.#open);
    } catch (thrown) {
      // Another tab may have closed it; the next who asks opens it anew.
      this.#open = null;
      this.#database.forget();
      this.#complain(thrown);
      return null;
    }
  }

  #complain(thrown: unknown): void {
    if (this.trouble !== null) return;
    const full = thrown instanceof DOMException && thrown.name === "QuotaExceededError";
    this.trouble = full
      ? "This browser has no room left to keep your runs: what you train is lost when the page is closed. A model or a session can be saved to a file."
      : "This browser keeps nothing over a reload (it refuses storage): what you train is lost when the page is closed. A model or a session can be saved to a file.";
    this.dispatchEvent(new Event("trouble"));
  }
}

export const store = new Store();
