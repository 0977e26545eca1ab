// The runs of a page: one worker for all of them, one run for every figure that asks for the same.
import { EngineClient } from "../engine/client";
import type { EngineError } from "../engine/errors";
import { Address, RUN_NAMES, readStart, reportUnknown } from "./address";
import { Run, type Source } from "./run";

/** Milliseconds before a worker whose script could not be fetched is started again, one after the other. */
const PAUSES = [500, 2_000, 5_000];

let worker: EngineClient | null = null;
/** Starts of the worker that failed in a row. */
let failures = 0;
const runs = new Map<string, Run>();
/** How many figures show a run. */
const holders = new Map<Run, number>();

function sharedWorker(): EngineClient {
  worker ??= new EngineClient(ended);
  return worker;
}

/** A worker that died is made anew, and every run goes on; one that cannot be had is tried again, and then the runs say so. */
function ended(error: EngineError): void {
  const last = worker;
  if (error.code === "crash") failures = 0; // it had started
  if (error.code === "crash" && !last?.hopeless) void restart(error);
  else if (error.code === "load" && failures < PAUSES.length) {
    setTimeout(() => { if (worker === last) void restart(null); }, PAUSES[failures++]);
  } else {
    failures = 0;
    for (const run of runs.values()) run.lost(error);
  }
}

/** Makes the worker anew, and has every run go on in it. `death`: what the last one died of. */
async function restart(death: EngineError | null): Promise<void> {
  worker?.close();
  worker?.restart();
  await Promise.all([...runs.values()].map((run) => run.recover(death)));
}

function runFrom(source: Source, address: Address | null = null): Run {
  const { search, start, checkpoint } = source;
  const key = JSON.stringify([search, start, checkpoint?.name ?? null, address !== null]);
  let run = runs.get(key);
  if (!run) {
    run = new Run(sharedWorker(), source, () => restart(null), address);
    runs.set(key, run);
    void run.start();
  }
  return run;
}

/** The run of a query, the same for all who ask with the same; it is not written to the address. */
export function runOf(source: Source): Run {
  return runFrom(source);
}

/** The page's own run, which its address names. */
export function sharedRun(): Run {
  if (!shared) {
    const { search } = location;
    reportUnknown("the address", [...new URLSearchParams(search).keys()], RUN_NAMES);
    const run = runFrom({ search, start: readStart(search) }, new Address(() => { void run.follow(location.search); }));
    shared = run;
    // A handle for the browser's console and the browser tests; nothing on the page reads it.
    Object.assign(globalThis, { leftright: { run } });
  }
  return shared;
}
let shared: Run | null = null;

/** Keeps a run while a figure shows it. */
export function hold(run: Run): void {
  holders.set(run, (holders.get(run) ?? 0) + 1);
}

/** Lets go of it; a run that nobody shows any more is closed, and with the last one the worker. */
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
