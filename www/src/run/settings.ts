// What a reader may set of a run: it makes the form, and the address and the attributes both ways.
import { quote } from "../util/text";
import { CONFIG_NAMES } from "../engine/pkg/settings";
import type { Config, ConfigField, EngineRequest, Value } from "../engine/pkg/leftright.js";

/** The settings that the form of lr-train shows; the others are set in the lab, or in the address. */
export const NUMBERS = ["seed", "pair_labels", "single_layouts", "pair_layouts"] as const;
export type NumberName = (typeof NUMBERS)[number];

export const ENGINES: readonly EngineRequest[] = ["auto", "gpu", "cpu"];

/** Everything that makes a run: every key of the config, and who trains. */
export type Settings = Config & { engine: EngineRequest };

/** Every setting's name, before the engine that checks them is there. */
export const SETTING_NAMES: readonly (keyof Settings)[] = [...CONFIG_NAMES, "engine"];

/** How the paper calls a number of the form. */
export const SYMBOLS: Partial<Record<NumberName, { letter: string; index: string }>> = {
  pair_labels: { letter: "N", index: "pair" },
  single_layouts: { letter: "n", index: "1" },
  pair_layouts: { letter: "n", index: "2" },
};

export function field(fields: ConfigField[], name: keyof Config): ConfigField {
  const found = fields.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`the engine has no setting ${name}`);
  return found;
}

export function defaults(fields: ConfigField[]): Settings {
  const config = Object.fromEntries(fields.map((field) => [field.name, field.default]));
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

/** The value that a text says, or what is wrong with the text, in a sentence without its full stop, and the most that a number can be. */
export type Read = { value: Value } | { wrong: string; max: number };

/** Reads the value of a setting. `max`: where the field's own does not hold. */
export function readValue(text: string, { name, kind, min, max: most }: ConfigField, max = most): Read {
  const wrong = (allowed: string) => ({ wrong: `${name} is “${quote(text)}”, but must be ${allowed}`, max });
  if (typeof kind === "object") return kind.choice.includes(text) ? { value: text } : wrong(kind.choice.join(" or "));
  if (kind === "flag") return text === "true" || text === "false" ? { value: text === "true" } : wrong("true or false");
  const value = text.trim() === "" ? NaN : Number(text);
  const whole = kind === "integer";
  if ((whole ? Number.isInteger(value) : Number.isFinite(value)) && value >= min && value <= max) return { value };
  return wrong(`a ${whole ? "whole " : ""}number between ${min} and ${max}`);
}

/** The value of a setting where others may change how large it can be, which the engine judges. */
export function readInShape(text: string, field: ConfigField): Read {
  return readValue(text, field, field.group === "task" ? LARGEST : field.max);
}

/** Whether it is a world of another shape than the paper's, where the table's greatest values do not hold. */
export function reshaped(settings: Settings, fields: ConfigField[]): boolean {
  return fields.some((field) => shapes(field) && settings[field.name as keyof Config] !== field.default);
}

function shapes({ name, group }: ConfigField): boolean {
  return group === "task" && !NUMBERS.some((number) => number === name);
}

/** The settings that a query says; a value that cannot be used is said in `problems`, and its default taken. */
export function readSettings(query: URLSearchParams, fields: ConfigField[]): { settings: Settings; problems: string[] } {
  const settings = defaults(fields);
  const problems: string[] = [];
  const told = (problem: string, otherwise: Value) =>
    problems.push(`${problem}. The default, ${otherwise}, is used.`);
  const elsewhere = fields.some((field) => shapes(field) && query.has(field.name));
  for (const field of fields) {
    const text = query.get(field.name);
    if (text === null) continue;
    const read = elsewhere ? readInShape(text, field) : readValue(text, field);
    if ("wrong" in read) told(read.wrong, field.default);
    else Object.assign(settings, { [field.name]: read.value });
  }
  const text = query.get("engine");
  const engine = ENGINES.find((request) => request === text);
  if (engine) settings.engine = engine;
  else if (text !== null) told(`engine is “${quote(text)}”, but must be one of ${ENGINES.join(", ")}`, "auto");
  return { settings, problems };
}

/** The engine's whole numbers have 32 bits. */
const LARGEST = 2 ** 32 - 1;

/** Makes a query say these settings: of them only what differs from the defaults. */
export function writeSettings(query: URLSearchParams, settings: Settings, fields: ConfigField[]): void {
  const usual = defaults(fields);
  for (const name of Object.keys(usual) as (keyof Settings)[]) {
    if (settings[name] === usual[name]) query.delete(name);
    else query.set(name, String(settings[name]));
  }
}
