// Two axes and the picture between them, for lines and for scattered marks.
import { svg } from "lit";
import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from "d3-scale";
import type { Axis } from "../engine/pkg/leftright.js";
import type { Words } from "../words";

export const HEIGHT = 220;
const EDGE = { left: 44, right: 12, top: 10, bottom: 22 };
/** Pixels that a tick's number needs. */
const TICK = { x: 64, y: 36 };

type Scale = ScaleContinuousNumeric<number, number>;

export interface Plane {
  x: Scale;
  y: Scale;
  frame: ReturnType<typeof svg>;
}

/** The bounds of some values; one value alone, or none, has to be given room. */
function fitted(values: number[], log: boolean): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (least < most) return [least, most];
  if (log) return values.length > 0 ? [least / 2, most * 2] : [0.1, 1];
  return values.length > 0 && most !== 0 ? [Math.min(0, least), Math.max(0, most)] : [0, 1];
}

/** An axis over its own bounds, or over what the values need. */
function scale({ bounds, log }: Axis, values: number[], range: [number, number]): Scale {
  const shown = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  return (log ? scaleLog : scaleLinear)(bounds ?? fitted(shown, log), range).clamp(bounds !== null);
}

function ticks(of: Scale, axis: Axis, count: number, { numbers }: Words): { at: number; text: string }[] {
  // D3 knows how many digits tell the ticks apart, and writes them in English alone.
  const written = of.tickFormat(count);
  const format = axis.log ? numbers.plain : (tick: number) => numbers.fixed(tick, written(tick).split(".")[1]?.length ?? 0);
  return places(of, axis.log, count).map((tick) => ({ at: of(tick), text: format(tick) }));
}

/** About so many values to write at an axis. */
export function places(of: Scale, log: boolean, count: number): number[] {
  const all = of.ticks(count);
  // A logarithmic axis has all its ticks or too many: then 1, 2 and 5 of each decade, or its powers alone.
  if (!log || all.length <= count + 1) return all;
  const leading = (tick: number) => Number(tick.toExponential().charAt(0));
  const few = all.filter((tick) => [1, 2, 5].includes(leading(tick)));
  return few.length <= count + 1 ? few : all.filter((tick) => leading(tick) === 1);
}

/** `roomy` leaves room beside the first and the last value. */
export function plane(width: number, axes: { x: Axis; y: Axis }, xs: number[], ys: number[], roomy: boolean, words: Words, height = HEIGHT): Plane {
  const [right, bottom] = [Math.max(width - EDGE.right, EDGE.left + 1), height - EDGE.bottom];
  const counts = { x: Math.max(2, Math.floor((right - EDGE.left) / TICK.x)), y: Math.floor((bottom - EDGE.top) / TICK.y) };
  const x = scale(axes.x, xs, [EDGE.left, right]);
  const y = scale(axes.y, ys, [bottom, EDGE.top]);
  if (roomy && !axes.x.bounds) x.nice(counts.x);
  if (!axes.y.bounds) y.nice(counts.y);
  const frame = svg`
    ${ticks(y, axes.y, counts.y, words).map(({ at, text }) => svg`
      <line class="grid" x1=${EDGE.left} x2=${right} y1=${at} y2=${at}></line>
      <text x=${EDGE.left - 8} y=${at + 4} text-anchor="end">${text}</text>`)}
    ${ticks(x, axes.x, counts.x, words).map(({ at, text }) => svg`<text x=${at} y=${height - 4} text-anchor="middle">${text}</text>`)}
    <line class="grid" x1=${EDGE.left} x2=${right} y1=${bottom} y2=${bottom}></line>`;
  return { x, y, frame };
}
