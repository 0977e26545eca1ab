// What an address or an element's attributes may say of a run, and the page's own address.
import type { ConfigField, Config } from "../engine/pkg/leftright.js";
import { quote } from "../util/text";
import { SETTING_NAMES, readSettings, writeSettings, type Settings } from "./settings";
import { VIEW_NAMES, readViews, writeViews, type Views } from "./views";

/** What a run begins with: the trained model that ships with the page (where the settings are its own), or an untrained one. */
export const STARTS = ["trained", "untrained", "training"] as const;
export type Start = (typeof STARTS)[number];

/** The names that say something of a run. */
export const RUN_NAMES: readonly string[] = [...SETTING_NAMES, ...VIEW_NAMES, "start", "steps"];

/** More steps than anyone waits for. */
const MOST_STEPS = 1_000_000;

/** What a query asks of a run. */
export interface Asked {
  settings: Settings;
  views: Views;
  /** Steps that it trains as it opens, where its start is `training`; null for the usual. */
  steps: number | null;
  problems: string[];
}

/** All that a query asks but the start; what cannot be used is said in `problems`. */
export function readQuery(search: string, fields: ConfigField[]): Asked {
  const query = new URLSearchParams(search);
  const { settings, problems } = readSettings(query, fields);
  const { views, problems: more } = readViews(query);
  const text = query.get("steps");
  const steps = text !== null && /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_STEPS ? Number(text) : null;
  const wrong = text === null || steps !== null ? [] : [`steps is “${quote(text)}”, but must be a whole number between 1 and ${MOST_STEPS}. It is left out.`];
  return { settings, views, steps, problems: [...problems, ...more, ...wrong] };
}

/** The start that a query asks for; the usual one where there is none of that name. */
export function readStart(search: string): Start {
  const asked = new URLSearchParams(search).get("start");
  return STARTS.find((start) => start === asked) ?? "trained";
}

/** A query that says these settings and views, after whatever else `search` says; only what is not as usual is said. */
export function writeQuery(settings: Settings, views: Views, fields: ConfigField[], config: Config | null, search = ""): URLSearchParams {
  const query = new URLSearchParams();
  writeSettings(query, settings, fields);
  writeViews(query, views, config);
  for (const [name, text] of new URLSearchParams(search)) {
    if (name === "start" || name === "steps" || !RUN_NAMES.includes(name)) query.append(name, text);
  }
  return query;
}

const reported = new Set<string>();

/** Says names that nobody knows once in the console, with what is allowed. They make no other run. */
export function reportUnknown(what: string, names: string[], allowed: readonly string[]): void {
  const unknown = [...new Set(names)].filter((name) => !allowed.includes(name) && !reported.has(`${what} ${name}`));
  if (unknown.length === 0) return;
  for (const name of unknown) reported.add(`${what} ${name}`);
  console.info(`leftright: ${what} says ${unknown.map((name) => `“${quote(name)}”`).join(", ")}, which nothing here is called. Allowed are ${allowed.join(", ")}.`);
}

/** The address of the page. What a reader decides is a step of its history, so that Back undoes it. */
export class Address {
  /** `moved`: the reader went back or forward. */
  constructor(private readonly moved: () => void) {
    addEventListener("popstate", moved);
  }

  close(): void {
    removeEventListener("popstate", this.moved);
  }

  get search(): string {
    return location.search;
  }

  /** `decided`: whether the reader has just decided what it says. */
  write(query: URLSearchParams, decided: boolean): void {
    const search = query.size > 0 ? `?${query.toString()}` : "";
    if (search === location.search) return;
    const url = `${location.pathname}${search}${location.hash}`;
    try {
      if (decided) history.pushState(null, "", url);
      else history.replaceState(null, "", url);
    } catch {
      // A frame may not be allowed to write its address, and browsers limit how often; nothing needs it.
    }
  }
}
