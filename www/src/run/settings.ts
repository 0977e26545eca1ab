// The one table of what a reader may set and share: it makes the form, and the address both ways.
import type { Config, ConfigField, EngineRequest, Term } from "../engine/pkg/leftright.js";

/** The settings that Figure 1's form shows; the others are set in the lab, or in the address. */
export const NUMBERS = ["seed", "pair_labels", "single_layouts", "pair_layouts"] as const;
export type NumberName = (typeof NUMBERS)[number];

export const ENGINES: { request: EngineRequest; label: string }[] = [
  { request: "auto", label: "Automatic" },
  { request: "gpu", label: "GPU" },
  { request: "cpu", label: "CPU" },
];

/** Everything that makes a run: every key of the config, and who trains. */
export type Settings = Config & { engine: EngineRequest };

/** How each number is called in the form: in words, then as in the paper. */
export const WORDS: Record<NumberName, { label: string; symbol?: { letter: string; index: string } }> = {
  seed: { label: "Seed" },
  pair_labels: { label: "Labels in pairs", symbol: { letter: "N", index: "pair" } },
  single_layouts: { label: "Positions per label", symbol: { letter: "n", index: "1" } },
  pair_layouts: { label: "Layouts per pair", symbol: { letter: "n", index: "2" } },
};

export function field(fields: ConfigField[], name: keyof Config): ConfigField {
  const found = fields.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`the engine has no setting ${name}`);
  return found;
}

function standard({ kind, default: value }: ConfigField): number | boolean {
  return kind === "flag" ? value === 1 : value;
}

export function defaults(fields: ConfigField[]): Settings {
  const config = Object.fromEntries(fields.map((field) => [field.name, standard(field)]));
  return { ...(config as unknown as Config), engine: "auto" };
}

/** The config that settings say. */
export function configOf(settings: Settings): Config {
  const config: Partial<Settings> = { ...settings };
  delete config.engine;
  return config as Config;
}

/** The settings that a config was made with. */
export function settingsOf(config: Config, engine: EngineRequest): Settings {
  return { ...config, engine };
}

export function sameSettings(a: Settings, b: Settings): boolean {
  return (Object.keys(a) as (keyof Settings)[]).every((name) => a[name] === b[name]);
}

/** The value that a text says, or the sentence that says what is wrong with it. `max`: where the field's own does not hold. */
export function readValue(text: string, { name, kind, min, max: most }: ConfigField, max = most): number | boolean | string {
  if (kind === "flag") return text === "true" || text === "false" ? text === "true" : `${name} is “${quote(text)}”, but must be true or false`;
  const value = text.trim() === "" ? NaN : Number(text);
  const whole = kind === "integer";
  if ((whole ? Number.isInteger(value) : Number.isFinite(value)) && value >= min && value <= max) return value;
  return `${name} is “${quote(text)}”, but must be a ${whole ? "whole " : ""}number between ${min} and ${max}`;
}

/** A whole number within the field's bounds, or the sentence that says what is wrong with the text. */
export function readNumber(text: string, field: ConfigField): number | string {
  return readValue(text, field) as number | string;
}

/** The value of a setting where others may change how large it can be, which the engine judges. */
export function readInShape(text: string, field: ConfigField): number | boolean | string {
  return readValue(text, field, field.group === "task" ? LARGEST : field.max);
}

/** Whether it is a world of another shape than the paper's, where the table's greatest values do not hold. */
export function reshaped(settings: Settings, fields: ConfigField[]): boolean {
  return fields.some((field) => shapes(field) && settings[field.name as keyof Config] !== standard(field));
}

function shapes({ name, group }: ConfigField): boolean {
  return group === "task" && !NUMBERS.some((number) => number === name);
}

/** The settings in an address; a value that cannot be used is said in `problems`, and its default taken. */
export function readAddress(search: string, fields: ConfigField[]): { settings: Settings; problems: string[] } {
  const query = new URLSearchParams(search);
  const settings = defaults(fields);
  const problems: string[] = [];
  const told = (problem: string, otherwise: string | number | boolean) =>
    problems.push(`${problem}. The default, ${otherwise}, is used.`);
  const elsewhere = fields.some((field) => shapes(field) && query.has(field.name));
  for (const field of fields) {
    const text = query.get(field.name);
    if (text === null) continue;
    const value = elsewhere ? readInShape(text, field) : readValue(text, field);
    if (typeof value === "string") told(value, standard(field));
    else Object.assign(settings, { [field.name]: value });
  }
  const text = query.get("engine");
  const engine = ENGINES.find(({ request }) => request === text);
  if (engine) settings.engine = engine.request;
  else if (text !== null) told(`engine is “${quote(text)}”, but must be one of ${ENGINES.map(({ request }) => request).join(", ")}`, "auto");
  return { settings, problems: [...problems, ...readViews(search).problems] };
}

/** The engine's whole numbers have 32 bits. */
const LARGEST = 2 ** 32 - 1;

/** The query that restores these settings: of them only what differs from the defaults, then whatever else `search` says. */
export function writeAddress(settings: Settings, fields: ConfigField[], search = location.search): string {
  const usual = defaults(fields);
  const query = new URLSearchParams();
  const names = [...fields.map(({ name }) => name as keyof Config), "engine"] as const;
  for (const name of names) {
    if (settings[name] !== usual[name]) query.set(name, String(settings[name]));
  }
  for (const [name, text] of new URLSearchParams(search)) {
    if (!names.some((own) => own === name)) query.append(name, text);
  }
  return query.size > 0 ? `?${query.toString()}` : "";
}

/** What figures show of a model, as an address can say it. */
export interface Views {
  ablate: Term[];
  strength: number;
  /** Null for all heads. */
  head: number | null;
  /** As on the command line, "0 0 16 0 0 0 0 17 0 0"; null for the figure's own. */
  strip: number[] | null;
}

export const TERMS: Term[] = ["EE", "EP", "EB", "PE", "PP", "PB", "BE", "BP", "BB", "VP"];
const USUAL: Views = { ablate: [], strength: 0, head: null, strip: null };

/** How a view is read, undefined where it cannot be, and what is allowed. */
const VIEWS: { [V in keyof Views]: { read: (text: string) => Views[V] | undefined; allowed: string } } = {
  ablate: {
    read: (text) => {
      const terms = TERMS.filter((term) => text.split(" ").includes(term));
      return text.split(" ").every((word) => TERMS.some((term) => term === word)) ? terms : undefined;
    },
    allowed: `of ${TERMS.join(", ")}, with spaces between`,
  },
  strength: {
    read: (text) => (text.trim() !== "" && Number(text) >= -1 && Number(text) <= 2 ? Number(text) : undefined),
    allowed: "a number between -1 and 2",
  },
  head: { read: (text) => (/^\d{1,2}$/.test(text) ? Number(text) : undefined), allowed: "a head's number, from 0" },
  strip: {
    read: (text) => {
      const strip = text.split(" ").map((word) => (/^\d{1,2}$/.test(word) ? Number(word) : NaN));
      const placed = strip.filter((label) => label !== 0);
      return strip.length <= 16 && placed.length === 2 && !placed.includes(NaN) && placed[0] !== placed[1] ? strip : undefined;
    },
    allowed: "a number for each pixel, 0 for the background, with two different labels in it",
  },
};

/** The figures' views in an address; one that cannot be used is said in `problems`. */
export function readViews(search: string): { views: Views; problems: string[] } {
  const query = new URLSearchParams(search);
  const views = { ...USUAL };
  const problems: string[] = [];
  for (const name of Object.keys(VIEWS) as (keyof Views)[]) {
    const text = query.get(name);
    if (text === null) continue;
    const value = VIEWS[name].read(text);
    if (value === undefined) problems.push(`${name} is “${quote(text)}”, but must be ${VIEWS[name].allowed}. It is left out.`);
    else Object.assign(views, { [name]: value });
  }
  return { views, problems };
}

/** The query that says these views too; what is as usual is not said. */
export function writeViews(views: Partial<Views>, search = location.search): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(views) as [keyof Views, Views[keyof Views]][]) {
    const text = Array.isArray(value) ? value.join(" ") : String(value);
    if (value === null || text === "" || value === USUAL[name]) query.delete(name);
    else query.set(name, text);
  }
  return query.size > 0 ? `?${query.toString()}` : "";
}

export function showInAddress(query: string): void {
  try {
    history.replaceState(null, "", `${location.pathname}${query}${location.hash}`);
  } catch {
    // A sandboxed frame may not write its address; nothing needs it.
  }
}

/** A stranger's text, short enough to be shown. */
function quote(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
