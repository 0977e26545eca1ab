// The one table of what a reader may set and share: it makes the form, and the address both ways.
import type { Config, ConfigField, EngineRequest } from "./engine/pkg/leftright.js";

export const NUMBERS = ["seed", "pair_labels", "single_layouts", "pair_layouts"] as const;
export type NumberName = (typeof NUMBERS)[number];

export const ENGINES: { request: EngineRequest; label: string }[] = [
  { request: "auto", label: "Automatic" },
  { request: "gpu", label: "GPU" },
  { request: "cpu", label: "CPU" },
];

export type Settings = Record<NumberName, number> & { engine: EngineRequest };

/** How each number is called in the form: in words, then as in the paper. */
export const WORDS: Record<NumberName, { label: string; symbol?: { letter: string; index: string } }> = {
  seed: { label: "Seed" },
  pair_labels: { label: "Labels in pairs", symbol: { letter: "N", index: "pair" } },
  single_layouts: { label: "Positions per label", symbol: { letter: "n", index: "1" } },
  pair_layouts: { label: "Layouts per pair", symbol: { letter: "n", index: "2" } },
};

export function field(fields: ConfigField[], name: NumberName): ConfigField {
  const found = fields.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`the engine has no setting ${name}`);
  return found;
}

export function defaults(fields: ConfigField[]): Settings {
  const number = (name: NumberName) => field(fields, name).default;
  return {
    seed: number("seed"),
    pair_labels: number("pair_labels"),
    single_layouts: number("single_layouts"),
    pair_layouts: number("pair_layouts"),
    engine: "auto",
  };
}

/** The part of a config that settings say. */
export function configOf({ seed, pair_labels, single_layouts, pair_layouts }: Settings): Partial<Config> {
  return { seed, pair_labels, single_layouts, pair_layouts };
}

/** The settings that a config was made with. */
export function settingsOf(config: Config, engine: EngineRequest): Settings {
  const { seed, pair_labels, single_layouts, pair_layouts } = config;
  return { seed, pair_labels, single_layouts, pair_layouts, engine };
}

export function sameSettings(a: Settings, b: Settings): boolean {
  return a.engine === b.engine && NUMBERS.every((name) => a[name] === b[name]);
}

/** A whole number within the field's bounds, or the sentence that says what is wrong with the text. */
export function readNumber(text: string, { name, min, max }: ConfigField): number | string {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  return `${name} is “${quote(text)}”, but must be a whole number between ${min} and ${max}`;
}

/** The settings in an address; a value that cannot be used is said in `problems`, and its default taken. */
export function readAddress(search: string, fields: ConfigField[]): { settings: Settings; problems: string[] } {
  const query = new URLSearchParams(search);
  const settings = defaults(fields);
  const problems: string[] = [];
  for (const name of NUMBERS) {
    const text = query.get(name);
    if (text === null) continue;
    const value = readNumber(text, field(fields, name));
    if (typeof value === "number") settings[name] = value;
    else problems.push(`In this page's address ${value}. The default, ${settings[name]}, is used.`);
  }
  const text = query.get("engine");
  const engine = ENGINES.find(({ request }) => request === text);
  if (engine) settings.engine = engine.request;
  else if (text !== null) {
    const allowed = ENGINES.map(({ request }) => request).join(", ");
    problems.push(`In this page's address engine is “${quote(text)}”, but must be one of ${allowed}. The default, auto, is used.`);
  }
  return { settings, problems };
}

/** The query that restores these settings: only what differs from the defaults. */
export function writeAddress(settings: Settings, fields: ConfigField[]): string {
  const standard = defaults(fields);
  const query = new URLSearchParams();
  for (const name of [...NUMBERS, "engine"] as const) {
    if (settings[name] !== standard[name]) query.set(name, String(settings[name]));
  }
  return query.size > 0 ? `?${query.toString()}` : "";
}

/** A stranger's text, short enough to be shown. */
function quote(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
