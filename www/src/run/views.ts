// What a reader looks at in a run, which every figure of the run shows: what is cut, the strip, the step. It makes the address
// and the attributes both ways.
import type { Ablation, Config, Term } from "../engine/pkg/leftright.js";
import { quote } from "../util/text";

/** Terms of the attention logits at another strength, in some heads. */
export interface Cut {
  terms: Term[];
  /** 0 removes, 1 leaves, −1 reverses. */
  strength: number;
  /** Null for all heads. */
  heads: number[] | null;
}

/** Two objects on a strip: the first is drawn as a circle, the second as a square. */
export interface Placed {
  labels: [number, number];
  /** Pixels from 0. */
  positions: [number, number];
}

export interface Views {
  cut: Cut;
  placed: Placed;
  /** The step whose model is shown; null for the latest. */
  step: number | null;
}

export const TERMS: Term[] = ["EE", "EP", "EB", "PE", "PP", "PB", "BE", "BP", "BB", "VP"];
export const UNCUT: Cut = { terms: [], strength: 0, heads: null };
export const USUAL: Views = { cut: UNCUT, placed: { labels: [16, 17], positions: [2, 7] }, step: null };

/** The most pixels that a world has (src/config/table.rs), and more steps than anyone trains. */
const PIXELS = 16;
const STEPS = 1e9;

/** A view's words in an address or in attributes. */
export const VIEW_NAMES = ["ablate", "strength", "head", "strip", "step"] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** How each is read, undefined where it cannot be, what is allowed, and how it is written, null where it is as usual. */
const WORDS: Record<ViewName, { read: (text: string, views: Views) => Views | undefined; allowed: string; write: (views: Views, config: Config | null) => string | null }> = {
  ablate: {
    read: (text, views) => {
      const words = text.split(/[\s,]+/);
      const terms = TERMS.filter((term) => words.includes(term));
      return words.every((word) => TERMS.some((term) => term === word)) ? { ...views, cut: { ...views.cut, terms } } : undefined;
    },
    allowed: `of ${TERMS.join(", ")}, with spaces between`,
    write: ({ cut: { terms } }) => (terms.length > 0 ? terms.join(" ") : null),
  },
  strength: {
    read: (text, views) => {
      const strength = text.trim() === "" ? NaN : Number(text);
      return strength >= -1 && strength <= 2 ? { ...views, cut: { ...views.cut, strength } } : undefined;
    },
    allowed: "a number between -1 and 2",
    write: ({ cut: { strength } }) => (strength === UNCUT.strength ? null : String(strength)),
  },
  head: {
    read: (text, views) => {
      const words = text.trim().split(/[\s,]+/);
      const heads = [...new Set(words.map(Number))].sort((a, b) => a - b);
      return words.every((word) => /^\d{1,2}$/.test(word)) ? { ...views, cut: { ...views.cut, heads } } : undefined;
    },
    allowed: "numbers of heads, from 0, with spaces between",
    write: ({ cut: { heads } }) => heads?.join(" ") ?? null,
  },
  strip: {
    read: (text, views) => {
      const strip = text.trim().split(/[\s,]+/).map((word) => (/^\d{1,2}$/.test(word) ? Number(word) : NaN));
      const [a, b, ...others] = [...strip.keys()].filter((pixel) => strip[pixel] !== 0);
      if (strip.length > PIXELS || strip.some(Number.isNaN) || a === undefined || b === undefined || others.length > 0) return undefined;
      const labels: [number, number] = [strip[a] ?? 0, strip[b] ?? 0];
      return labels[0] === labels[1] ? undefined : { ...views, placed: { labels, positions: [a, b] } };
    },
    allowed: `a number for each of at most ${PIXELS} pixels, 0 for the background, with two different labels in it`,
    write: ({ placed }, config) => (config && !samePlaced(placed, USUAL.placed) ? stripOf(placed, config.pixels).join(" ") : null),
  },
  step: {
    read: (text, views) => (/^\d+$/.test(text) && Number(text) <= STEPS ? { ...views, step: Number(text) } : undefined),
    allowed: "the number of a training step",
    write: ({ step }) => (step === null ? null : String(step)),
  },
};

/** The views that a query says; one that cannot be used is said in `problems`. */
export function readViews(query: URLSearchParams): { views: Views; problems: string[] } {
  let views = USUAL;
  const problems: string[] = [];
  for (const name of VIEW_NAMES) {
    const text = query.get(name);
    if (text === null) continue;
    const read = WORDS[name].read(text, views);
    if (read) views = read;
    else problems.push(`${name} is “${quote(text)}”, but must be ${WORDS[name].allowed}. It is left out.`);
  }
  return { views, problems };
}

/** Makes a query say these views; what is as usual is not said. */
export function writeViews(query: URLSearchParams, views: Views, config: Config | null): void {
  for (const name of VIEW_NAMES) {
    const text = WORDS[name].write(views, config);
    if (text === null) query.delete(name);
    else query.set(name, text);
  }
}

/** Views as a model can show them: of heads, labels and places that it has. What it has not is said in `problems`. */
export function fitted(views: Views, { heads, labels, pixels }: Config): { views: Views; problems: string[] } {
  const problems: string[] = [];
  let { cut, placed } = views;
  const missing = cut.heads?.filter((head) => head >= heads) ?? [];
  if (missing.length > 0) {
    problems.push(`This model has no head ${missing.join(", ")}; it has ${heads}, from 0.`);
    const left = cut.heads?.filter((head) => head < heads) ?? [];
    cut = { ...cut, heads: left.length > 0 ? left : null };
  }
  if (placed.labels.some((label) => label > labels) || placed.positions.some((pixel) => pixel >= pixels)) {
    // A world smaller than the paper's has no room for the usual strip; nobody asked for that.
    if (!samePlaced(placed, USUAL.placed)) problems.push(`This model’s strips have ${pixels} pixels and labels up to ${labels}; another strip is shown.`);
    placed = { labels: [Math.max(1, labels - 1), labels], positions: [0, pixels - 1] };
  }
  return { views: { ...views, cut, placed }, problems };
}

/** The strip that two placed objects make. */
export function stripOf({ labels, positions }: Placed, pixels: number): number[] {
  const strip = Array.from({ length: pixels }, () => 0);
  positions.forEach((pixel, object) => (strip[pixel] = labels[object] ?? 0));
  return strip;
}

/** The cut as the engine takes it: nothing where nothing is cut. */
export function ablationsOf({ terms, strength, heads }: Cut): Ablation[] {
  return terms.length === 0 ? [] : [{ tower: "vision", terms, strength, heads }];
}

/** Whether a cut changes nothing that it says. */
export function isUncut({ terms, strength, heads }: Cut): boolean {
  return terms.length === 0 && strength === UNCUT.strength && heads === null;
}

/** The same two objects, each where the other was. */
export function exchange({ labels, positions: [a, b] }: Placed): Placed {
  return { labels, positions: [b, a] };
}

export function samePlaced(a: Placed, b: Placed): boolean {
  return String([a.labels, a.positions]) === String([b.labels, b.positions]);
}
