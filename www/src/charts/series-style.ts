// How series, groups and categories are told apart: by colour, and never by colour alone.
import { svg } from "lit";

export interface SeriesStyle {
  /** A CSS colour. */
  colour: string;
  dash: string;
  /** The path of its mark, about the origin. */
  mark: string;
}

/** Terms look alike in every chart. */
const TERMS = ["EP", "PE", "PP", "BP", "BE", "EE", "VP"];
const COLOURS = 8;
const DASHES = ["", "6 3", "2 3", "9 3 2 3", "1 2", "12 4", "4 2 1 2 1 2", "3 6"];
/** Marks about the origin. */
export const MARKS = {
  circle: "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
  square: "M-3.5,-3.5h7v7h-7z",
  triangle: "M0,-4.6L4.4,3.4h-8.8z",
  diamond: "M0,-5L5,0L0,5L-5,0z",
  wedge: "M0,4.6L4.4,-3.4h-8.8z",
  cross: "M-4,-1.3h2.7v-2.7h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7z",
  bar: "M-4.5,-2h9v4h-9z",
  column: "M-2,-4.5h4v9h-4z",
};
const ORDER = Object.values(MARKS);

export function seriesStyle(name: string, index: number): SeriesStyle {
  const term = TERMS.indexOf(name);
  const slot = (term < 0 ? index : term) % COLOURS;
  return { colour: `var(--series-${slot})`, dash: DASHES[slot] ?? "", mark: ORDER[slot] ?? "" };
}

/** The style of something that is alone and needs no telling apart. */
export const ALONE: SeriesStyle = { colour: "var(--ink)", dash: "", mark: MARKS.circle };

/** How a category without a short name is written in a cell. */
const SIGNS = ["–", "×", "○", "△"];

export interface Category {
  /** What is written in its cells. */
  sign: string;
  fill: string;
  ink: string;
}

/** Categories: a term by its name and colour; what is no term by a sign, in greys. */
export function categories(names: string[]): Category[] {
  let unnamed = 0;
  return names.map((name, index) => {
    if (name.length <= 3) return { sign: name, fill: seriesStyle(name, index).colour, ink: "var(--paper)" };
    const grey = unnamed === 0 ? "color-mix(in oklab, var(--edge) 30%, var(--panel))" : "var(--panel)";
    const sign = SIGNS[unnamed++ % SIGNS.length] ?? "";
    return { sign, fill: grey, ink: "var(--ink)" };
  });
}

/** A mark at a place. */
export function mark({ colour, mark: path }: SeriesStyle, x: number, y: number) {
  return svg`<path class="mark" d=${path} fill=${colour} transform=${`translate(${x.toFixed(1)} ${y.toFixed(1)})`}></path>`;
}
