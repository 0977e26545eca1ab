// Everything that is kept here in one file, and back: a zip of checkpoints that other programs open, and of JSON.
import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from "fflate";
import type { Accuracy, Evaluation, Measurement } from "../engine/pkg/leftright.js";
import { count as format } from "../util/format";
import { quote } from "../util/text";
import { version } from "../../../package.json";
import { anew, sizeOf, type KeptAs, type SavedRun } from "./saved-run";
import { SETTING_NAMES, type Settings } from "./settings";
import { store, type KeptRun } from "./store";
import { readViews, type Views } from "./views";

/** What a session says beside its checkpoints. */
const INDEX = "session.json";
/** Bytes that a session may unfold to: twice what a browser keeps. */
const MOST_BYTES = 256 << 20;
/** Numbers of a list, and characters of a name, beyond which a file is not ours. */
const MOST_NUMBERS = 1_000_000;
const MOST_LETTERS = 100;

/** A run without its checkpoints, which are files beside it: `ID/state.safetensors`, `ID/STEP.safetensors`. */
interface IndexedRun extends Omit<SavedRun, "keptAs" | "state" | "snapshots">, KeptAs {
  time: number;
  steps: number[];
}

interface Index {
  /** The version that wrote it. */
  leftright: string;
  runs: IndexedRun[];
  experiments: { name: string; jobs: string; measurements: Measurement[] }[];
}

/** All that is kept, as a file; null where there is nothing. */
export async function saveSession(): Promise<Uint8Array | null> {
  const files: Zippable = {};
  const runs: IndexedRun[] = [];
  for (const kept of await store.list()) {
    const saved = await store.read(kept);
    if (!saved) continue;
    const { keptAs: { id, name }, state, snapshots, ...run } = saved;
    runs.push({ ...run, id, name, time: kept.time, steps: [...snapshots.keys()] });
    // Weights do not get smaller; to try takes seconds.
    if (state) files[`${id}/state.safetensors`] = [state, { level: 0 }];
    for (const [step, model] of snapshots) files[`${id}/${step}.safetensors`] = [model, { level: 0 }];
  }
  const experiments = (await store.allMeasurements()).map(([name, kept]) => ({ name, ...kept }));
  if (runs.length === 0 && experiments.length === 0) return null;
  const index: Index = { leftright: version, runs, experiments };
  return zipSync({ [INDEX]: strToU8(JSON.stringify(index)), ...files });
}

/** Keeps what a session's file holds beside what is kept here; gives how many runs and experiments. An error says what is wrong. */
async function openSession(bytes: Uint8Array): Promise<{ runs: number; experiments: number }> {
  const files = unzipped(bytes);
  const text = files[INDEX];
  if (!text) throw new Error(`it has no ${INDEX}, as a session has.`);
  const { runs = [], experiments = [] } = parsed(strFromU8(text));
  if (!Array.isArray(runs) || !Array.isArray(experiments)) throw new Error(`its ${INDEX} has no lists of runs and experiments.`);
  // All is read before any is kept, so that a bad file leaves nothing behind.
  const read = runs.map((run, i) => savedRun(run, files, `run ${i + 1}`));
  const measured = experiments.map((experiment, i) => measurements(experiment, `experiment ${i + 1}`));
  const kept = await store.list();
  for (const saved of read) {
    const other = beside(saved, kept);
    if (other) await store.keep(other);
  }
  for (const { name, ...measurements } of measured) await store.addMeasurements(name, measurements);
  return { runs: read.length, experiments: measured.length };
}

/** A run as what it can be kept beside what is kept here, where it may have gone on since; null where it is here as it is. */
function beside(saved: SavedRun, kept: KeptRun[]): SavedRun | null {
  const here = kept.find(({ id }) => id === saved.keptAs.id);
  if (!here) return saved;
  return here.step === saved.step && here.bytes === sizeOf(saved) ? null : { ...saved, keptAs: anew(saved.keptAs.name) };
}

/** Opens a session's file; what has come of it, in a sentence. */
export async function takeSession(file: File): Promise<string> {
  if (file.size > MOST_BYTES) throw new Error(`it has ${file.size} bytes, and ${MOST_BYTES} are the most that a session can need.`);
  const { runs, experiments } = await openSession(new Uint8Array(await file.arrayBuffer()));
  const of = (count: number, what: string) => `${format(count)} ${what}${count === 1 ? "" : "s"}`;
  return `${of(runs, "run")} and the measurements of ${of(experiments, "experiment")} from ${quote(file.name)} are kept here now.`;
}

function unzipped(bytes: Uint8Array): Record<string, Uint8Array> {
  let size = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize, size: stored }) => {
        // What is not compressed is copied by the size that it says it has in the file.
        size += Math.max(originalSize, stored);
        if (size > MOST_BYTES) throw new Error("too large");
        return true;
      },
    });
  } catch {
    throw new Error(size > MOST_BYTES ? `it unfolds to more than ${MOST_BYTES} bytes.` : "it is no zip file, as a session is.");
  }
}

function parsed(text: string): Partial<Index> {
  try {
    const said = JSON.parse(text) as Partial<Index> | null;
    return said ?? {};
  } catch {
    throw new Error(`its ${INDEX} is not JSON.`);
  }
}

/** A run of a stranger's file, of which every part is what it should be; its checkpoints the engine checks when it opens them. */
function savedRun(run: IndexedRun, files: Record<string, Uint8Array>, where: string): SavedRun {
  const number = (name: "step" | "target" | "firstStep") => {
    const value = run[name];
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw new Error(`${where} has no ${name}, a whole number.`);
    return value;
  };
  if (!isObject(run)) throw new Error(`${where} is none.`);
  const { losses, evaluations, settings, steps } = run;
  if (!numbers(losses)) throw new Error(`${where} has no losses, a list of numbers.`);
  if (!Array.isArray(evaluations) || !evaluations.every(isEvaluation)) throw new Error(`${where} has no evaluations.`);
  if (!isSettings(settings)) throw new Error(`${where} has not the settings that a run has.`);
  if (!numbers(steps)) throw new Error(`${where} has no list of steps.`);
  const id = word(run.id, "a run's id");
  return {
    keptAs: { id, name: run.name === null ? null : word(run.name, "a run's name") },
    settings,
    step: number("step"),
    target: number("target"),
    firstStep: number("firstStep"),
    losses,
    evaluations,
    file: typeof run.file === "string" ? word(run.file, "a file's name") : null,
    bundled: false,
    views: views(run.views),
    state: files[`${id}/state.safetensors`] ?? null,
    snapshots: new Map(steps.flatMap((step) => { const model = files[`${id}/${step}.safetensors`]; return model ? [[step, model] as const] : []; })),
  };
}

/** Views as an address would say them: what it could not say is left out. */
function views(said: Partial<Views> | null | undefined): Views {
  const { cut, placed }: Partial<Views> = said ?? {};
  const query = new URLSearchParams();
  if (Array.isArray(cut?.terms)) {
    query.set("ablate", cut.terms.join(" "));
    query.set("strength", String(cut.strength));
    if (Array.isArray(cut.heads)) query.set("head", cut.heads.join(" "));
  }
  const read = readViews(query).views;
  const pair = (of: unknown): of is [number, number] => Array.isArray(of) && of.length === 2 && of.every((n) => Number.isInteger(n) && n >= 0 && n < 64);
  return placed && pair(placed.labels) && pair(placed.positions) ? { ...read, placed } : read;
}

function measurements(experiment: Index["experiments"][number], where: string): Index["experiments"][number] {
  if (!isObject(experiment)) throw new Error(`${where} is none.`);
  const { name, jobs, measurements } = experiment;
  const sound = Array.isArray(measurements) && measurements.length <= MOST_NUMBERS && measurements.every(isMeasurement);
  if (typeof jobs !== "string" || !sound) throw new Error(`${where} has no measurements.`);
  return { name: word(name, "an experiment's name"), jobs, measurements };
}

function isMeasurement(measurement: Measurement): boolean {
  if (!isObject(measurement)) return false;
  const { job, step, values } = measurement;
  return Number.isInteger(job) && Number.isInteger(step) && isObject(values) && Object.values(values).every((value) => typeof value === "number");
}

function isEvaluation(evaluation: Evaluation): boolean {
  if (!isObject(evaluation) || !isObject(evaluation.accuracies)) return false;
  const { step, accuracies, slopes } = evaluation;
  const splits: (Accuracy | undefined)[] = [accuracies.unseen, ...(Object.values(accuracies) as Accuracy[])];
  return Number.isInteger(step) && numbers(slopes) && splits.every((split) => split?.retrieval === null || typeof split?.retrieval === "number");
}

/** What an older version wrote has not every setting. */
function isSettings(settings: Partial<Settings> | undefined): boolean {
  return settings !== undefined && SETTING_NAMES.every((name) => ["number", "boolean", "string", "undefined"].includes(typeof settings[name]));
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function numbers(list: unknown): list is number[] {
  return Array.isArray(list) && list.length <= MOST_NUMBERS && list.every((value) => typeof value === "number");
}

function word(text: unknown, what: string): string {
  if (typeof text !== "string" || text === "" || text.length > MOST_LETTERS) throw new Error(`${what} must be a text of at most ${MOST_LETTERS} characters.`);
  return text;
}
