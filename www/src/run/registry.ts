// The runs of a page: one worker for all of them, one run for every figure that asks for the same settings.
import { EngineClient } from "../engine/client";
import { Run, startOf, type Source, type Start } from "./run";

let worker: EngineClient | null = null;
const runs = new Map<string, Run>();
/** How many figures show a run. */
const holders = new Map<Run, number>();

function sharedWorker(): EngineClient {
  worker ??= new EngineClient((error) => {
    // Where it cannot load at all, every run has had enough in the end.
    if ([...runs.values()].some((run) => run.patient)) worker?.restart();
    for (const run of runs.values()) void run.recover(error);
  });
  return worker;
}

function runFrom(source: Source): Run {
  const key = JSON.stringify(source);
  let run = runs.get(key);
  if (!run) {
    run = new Run(sharedWorker(), source);
    runs.set(key, run);
    void run.start();
  }
  return run;
}

/** The run of a query of settings, the same for all who ask with the same; it is not written to the address. */
export function runOf(search: string, start: Start = "trained"): Run {
  return runFrom({ search, start, addressed: false });
}

/** The page's own run, which its address names. */
export function sharedRun(): Run {
  if (!shared) {
    const { search } = location;
    shared = runFrom({ search, start: startOf(new URLSearchParams(search).get("start")), addressed: true });
    // A handle for the browser's console and the browser tests; nothing on the page reads it.
    Object.assign(globalThis, { leftright: { run: shared } });
  }
  return shared;
}
let shared: Run | null = null;

/** Whether it is the page's own run; asking makes none. */
export function isShared(run: Run): boolean {
  return run === shared;
}

/** Keeps a run while a figure shows it. */
export function hold(run: Run): void {
  holders.set(run, (holders.get(run) ?? 0) + 1);
}

/** Lets go of it; a run that nobody shows any more is ended, and with the last one the worker. */
export function letGo(run: Run): void {
  holders.set(run, (holders.get(run) ?? 0) - 1);
  // A figure that is only moved takes it up again at once.
  setTimeout(() => {
    if ((holders.get(run) ?? 0) > 0) return;
    for (const [key, other] of runs) if (other === run) runs.delete(key);
    holders.delete(run);
    if (shared === run) shared = null;
    run.close();
    if (runs.size > 0) return;
    worker?.close();
    worker = null;
  });
}
