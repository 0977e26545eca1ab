// A reader's own file: a model in safetensors, a run's JSON, which trains it again, or a session.
import { engineError, sentence } from "../engine/errors";
import type { Config } from "../engine/pkg/leftright.js";
import { confirm } from "../util/confirm";
import { count } from "../util/format";
import { quote } from "../util/text";
import { loadScript } from "../util/load-script";
import type { Run } from "./run";
import { TRAIN_STEPS } from "./run-state";
import { settingsOf } from "./settings";
import type { Recipe } from "./recipe";

/** What can be opened, by the ending of its name; a larger file is not even read. */
const OPENED: Record<string, { most: (run: Run) => number | Promise<number>; open: (run: Run, file: File) => Promise<void> }> = {
  ".safetensors": { most: (run) => run.worker.call((api) => api.largestFile()), open: async (run, file) => run.open(file.name, new Uint8Array(await file.arrayBuffer())) },
  ".json": { most: () => 1 << 16, open: trainAgain },
  ".zip": { most: () => 256 << 20, open: openSession },
};
const LARGEST_STEPS = 2 ** 32 - 1;
/** More steps than these are asked about first: they take minutes, or for ever. */
const MANY_STEPS = 100_000;

/** Opens a file in a run, or a session; where that cannot be, the run stays as it is, and the answer is why. */
export async function openFile(run: Run, file: File): Promise<string | null> {
  const [, kind] = Object.entries(OPENED).find(([ending]) => file.name.toLowerCase().endsWith(ending)) ?? [];
  run.error = null;
  try {
    if (!kind) throw new Error(`a file that can be opened ends in ${Object.keys(OPENED).join(" or ")}.`);
    const most = await kind.most(run);
    if (file.size > most) throw new Error(`it has ${file.size} bytes, and ${most} are the most that one can need.`);
    await kind.open(run, file);
  } catch (thrown) {
    run.fail(`${quote(file.name)} was not opened, and the model here is as it was: ${sentence(engineError(thrown))}`);
  }
  return run.error;
}

async function trainAgain(run: Run, file: File): Promise<void> {
  const { config, steps } = read(await file.text());
  // The engine fills in what is not said, and refuses what cannot be.
  const whole = await run.worker.check(config);
  const question = `${quote(file.name)} orders ${count(steps)} steps of training; ${count(TRAIN_STEPS)} are usual. Train them all?`;
  if (steps > MANY_STEPS && !(await confirm(question, `Train ${count(steps)} steps`))) throw new Error(`its ${count(steps)} steps were not wanted.`);
  await run.pause();
  await run.set(settingsOf(whole, run.settings?.engine ?? "auto"));
  await run.reset();
  if (steps === 0) return;
  void run.train(steps);
}

/** A session is kept beside what is here; which of its runs to open, the reader chooses. */
async function openSession(run: Run, file: File): Promise<void> {
  const { takeSession } = await loadScript(() => import("./session-file"));
  run.notice(`${await takeSession(file)} The lab opens them.`);
  run.dispatchEvent(new Event("change"));
}

function read(text: string): { config: Partial<Config>; steps: number } {
  let said: Partial<Recipe> | null;
  try {
    said = JSON.parse(text) as Partial<Recipe> | null;
  } catch {
    throw new Error("it is not JSON.");
  }
  const { config = null, steps = NaN }: { config?: Partial<Config> | null; steps?: number } = said ?? {};
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw new Error("it has no “config”, an object of settings, as the JSON of a run has.");
  if (!Number.isInteger(steps) || steps < 0 || steps > LARGEST_STEPS) throw new Error(`its “steps” must be a whole number between 0 and ${LARGEST_STEPS}.`);
  return { config, steps };
}
