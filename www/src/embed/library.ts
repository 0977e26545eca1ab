/**
 * The library: a page that loads it may use every figure as an element, `<lr-ablate seed="3"></lr-ablate>`. On a server it does
 * nothing.
 */
import { loadFiguresAsTheyCome } from "./load-figure";

export type * from "./api";
export { loadFigure } from "./load-figure";

loadFiguresAsTheyCome();
