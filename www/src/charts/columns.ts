// Strip, rows and heatmaps share their columns, so that what belongs to a pixel stands under it.
import { scaleBand } from "d3-scale";

interface Columns {
  width: number;
  left: (column: number) => number;
  middle: (column: number) => number;
}

/** Equal columns, in percent of the width, after a gutter of the same width for the rows' names. */
export function columns(count: number, gutter = true): Columns {
  const names = Array.from({ length: count }, (_, column) => column);
  const scale = scaleBand(gutter ? [-1, ...names] : names, [0, 100]);
  const width = scale.bandwidth();
  const left = (column: number) => scale(column) ?? 0;
  return { width, left, middle: (column) => left(column) + width / 2 };
}

/** The design constant that colours what stands at a key token: the two objects, and all else. */
export function tokenColour(token: number, [a, b]: readonly [number, number]): "--object-a" | "--object-b" | "--edge" {
  return token === a + 1 ? "--object-a" : token === b + 1 ? "--object-b" : "--edge";
}

/** How a key token is called in a file: CLS, then the pixels from 1. */
export function columnName(token: number): string {
  return token === 0 ? "CLS" : `pixel ${token}`;
}
