// What a paragraph shows, or a word lights, in words of an attribute: `ep head-2 cut:EP strength:-1 swap step:300`.
import { TERMS, UNCUT, USUAL, exchange, type Views } from "../run/views";

/** What can be lit: parts of the cockpit, and what is in them. */
const PARTS = ["train", "time", "strip", "heads", "ep", "attention", "steepest", "others", "captions", "true", "false", "terms", "scores"] as const;

export interface Shown {
  /** Names of what is lit. */
  lit: string[];
  views: Pick<Views, "cut" | "placed" | "step">;
}

/** An unknown word is a fault of the page's, which the console names. */
export function readShows(text: string): Shown {
  const shown: Shown = { lit: [], views: USUAL };
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [name = "", value = ""] = word.split(":");
    const { cut } = shown.views;
    if (name === "cut") shown.views = { ...shown.views, cut: { ...cut, terms: TERMS.filter((term) => value.split("+").includes(term)) } };
    else if (name === "strength") shown.views = { ...shown.views, cut: { ...cut, strength: Number(value) } };
    else if (name === "swap") shown.views = { ...shown.views, placed: exchange(USUAL.placed) };
    else if (name === "step") shown.views = { ...shown.views, step: Number(value) };
    else if (PARTS.some((part) => part === name) || /^(head|pixel)-\d+$/.test(name)) shown.lit.push(name);
    else console.warn(`leftright: the page shows “${word}”, which is no part of the cockpit`);
  }
  if (shown.views.cut.terms.length === 0) shown.views = { ...shown.views, cut: UNCUT };
  return shown;
}
