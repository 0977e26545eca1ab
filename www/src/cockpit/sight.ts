// What the cockpit shows of a model's look at one strip.
import type { Decomposition } from "../engine/pkg/leftright.js";
import type { Answered } from "../figures/both-ways";

/** Over CLS and the pixels. */
interface HeadSight {
  /** In logits. */
  ep: number[];
  attention: number[];
  /** Of EP, in logits per pixel. */
  slope: number;
}

export interface Sight extends Answered {
  heads: HeadSight[];
  /** The head whose slope is the largest, either way. */
  strongest: number;
}

/** On unseen pairs. */
export interface Scores {
  order: number | null;
  recognition: number | null;
}

export function sightOf({ heads, strongest, captions, nearest }: Decomposition): Sight {
  return {
    heads: heads.map(({ terms, attention, slope }) => ({ ep: terms.find(({ term }) => term === "EP")?.row ?? [], attention, slope })),
    strongest,
    captions,
    nearest,
  };
}
