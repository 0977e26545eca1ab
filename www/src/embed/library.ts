/**
 * The library: a page that loads it may use every figure as an element, `<lr-ablate seed="3"></lr-ablate>`.
 *
 * The four first figures are there at once; the others load when the page first has one.
 */
import "./hosted"; // before the figures: an element that is on the page already comes to life as soon as it is defined
import "../figures/lr-ablate";
import "../figures/lr-gradient";
import "../figures/lr-strip";
import "../figures/lr-train";
import { loadFiguresAsTheyCome } from "../figures/loaders";

export type * from "./api";
export { loadFigure } from "../figures/loaders";

loadFiguresAsTheyCome();
