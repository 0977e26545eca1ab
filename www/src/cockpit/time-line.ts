// Time: the scores over training on a fixed axis, where each came, and the step that is shown.
import { css, html, nothing, svg } from "lit";
import { scaleLinear } from "d3-scale";
import type { Evaluation } from "../engine/pkg/leftright.js";
import { SKILL, SLOPED, steepestOf } from "../figures/findings";
import { count, percent } from "../util/format";

const HEIGHT = 64;

export const timeLineStyles = css`
  .lines {
    position: relative;
    margin-inline: 8px;
  }

  .lines svg {
    display: block;
    width: 100%;
    overflow: visible;
  }

  .curve {
    fill: none;
    stroke-width: 2;
    vector-effect: non-scaling-stroke;
    stroke-linejoin: round;
  }

  .curve.names {
    stroke: var(--source-e);
    stroke-dasharray: 6 3;
  }

  .curve.order {
    stroke: var(--ink);
  }

  .curve.slope {
    stroke: var(--source-p);
    stroke-dasharray: 2 3;
  }

  .lines .frame {
    stroke: var(--rule);
  }

  .lines .come {
    stroke: var(--edge);
    stroke-dasharray: 2 2;
  }

  .lines .cursor {
    stroke: var(--focus);
    stroke-width: 2;
  }

  .lines text {
    fill: var(--muted);
    font-size: 0.6875rem;
  }

  .legend-time {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-3);
    font-size: var(--text-small);
    color: var(--muted);
  }

  .legend-time b {
    color: var(--ink);
  }

  .legend-time svg {
    width: 1.5rem;
    height: 0.6rem;
    margin-right: 2px;
  }
`;

interface Line {
  name: string;
  /** What is written where it has come. */
  mark: string;
  label: string;
  /** Null where it was not measured. */
  value: (evaluation: Evaluation) => number | null;
  /** The value at the top. */
  full: number;
  /** It has come once its value is this. */
  come: number;
  say: (value: number | null) => string;
}

/** `full`: the slope that its line has at the top. */
function linesOf(full: number): Line[] {
  return [
    { name: "names", mark: "names", label: "names both", value: ({ accuracies: { unseen } }) => unseen.recognition, full: 1, come: SKILL, say: percent },
    { name: "slope", mark: "slope", label: "EP’s slope", value: steepness, full, come: SLOPED, say: (slope) => slope?.toFixed(1) ?? "–" },
    { name: "order", mark: "order safe", label: "right order", value: ({ accuracies: { unseen } }) => unseen.order, full: 1, come: SKILL, say: percent },
  ];
}

/** The width of a mark, in percent of the axis, on a phone. */
const MARK_WIDTH = 12;

/** Where each mark is written: the last behind its step and the others before theirs, and none on another. */
function written(came: { line: Line; step: number }[], x: (step: number) => number) {
  let free = Infinity;
  return [...came].sort((a, b) => b.step - a.step).map(({ line, step }, i) => {
    const at = Math.min(x(step), free);
    free = i === 0 ? at : at - MARK_WIDTH;
    return { line, step, at, anchor: i === 0 ? "start" : "end" };
  }).reverse();
}

function steepness(evaluation: Evaluation): number | null {
  const slope = evaluation.slopes[steepestOf(evaluation)];
  return slope === undefined ? null : Math.abs(slope);
}

/** `at`: the evaluation that is shown. `last`: the step at the axis's end. `full`: the slope, in logits per pixel, at the top. */
export function timeLine(evaluations: Evaluation[], at: Evaluation | null, last: number, full: number) {
  const x = scaleLinear([0, last], [0, 100]);
  const y = (value: number, full = 1) => scaleLinear([0, full], [HEIGHT - 2, 14]).clamp(true)(value);
  const lines = linesOf(full);
  const cameAt = ({ value, come }: Line) => evaluations.find((evaluation) => (value(evaluation) ?? -Infinity) >= come)?.step;
  const steps = lines.map((line) => ({ line, step: cameAt(line) }));
  const came = steps.flatMap(({ line, step }) => (step === undefined ? [] : [{ line, step }]));
  const said = steps.map(({ line, step }) => {
    return `${line.label} ${step === undefined ? "has not come" : `has come by step ${count(step)}`}`;
  });
  const points = ({ value, full }: Line) =>
    evaluations
      .flatMap((evaluation) => {
        const measured = value(evaluation);
        return measured === null ? [] : [`${x(evaluation.step).toFixed(2)},${y(measured, full).toFixed(1)}`];
      })
      .join(" ");
  const upright = (className: string, step: number) => svg`<line class=${className} x1=${`${x(step)}%`} x2=${`${x(step)}%`} y1="11" y2=${y(0)}></line>`;
  return html`<div class="lines">
      <svg height=${HEIGHT} role="img" aria-label=${`On pairs that it never met, over training: ${said.join("; ")}.`}>
        <line class="frame" x2="100%" y1=${y(0)} y2=${y(0)}></line>
        <line class="frame" x2="100%" y1=${y(1)} y2=${y(1)}></line>
        ${written(came, x).map(({ line, step, at, anchor }) => {
          return svg`${upright("come", step)}<text data-mark=${line.name} data-step=${step} x=${`${at}%`} y="9" text-anchor=${anchor}>${line.mark}</text>`;
        })}
        <svg viewBox=${`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" width="100%" height=${HEIGHT}>
          ${lines.map((line) => svg`<polyline class=${`curve ${line.name}`} points=${points(line)}></polyline>`)}
        </svg>
        ${at ? upright("cursor", at.step) : nothing}
      </svg>
    </div>
    <div class="legend-time">
      ${lines.map((line) => html`<span>
        <svg viewBox="0 0 24 8" aria-hidden="true"><line class=${`curve ${line.name}`} x2="24" y1="4" y2="4"></line></svg>
        ${line.label} <b data-score=${line.name}>${line.say(at && line.value(at))}</b>
      </span>`)}
      <span>at step <b data-testid="time-step">${at ? count(at.step) : "–"}</b></span>
    </div>`;
}
