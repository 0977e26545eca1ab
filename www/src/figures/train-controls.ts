// What trains a run, wherever it stands: its buttons, what it does, and what went wrong.
import { html, nothing } from "lit";
import { answers, atRest } from "../run/life";
import type { Moments } from "../run/moments";
import type { Run } from "../run/run";
import { count } from "../util/format";
import { alarm } from "./alarm";
import { press } from "./press";
import { runState, trainLabel } from "./run-status";

/** `pressed`: whether a reader has buttons to press; `single`: whether one step can be done alone. */
export function trainButtons(run: Run, pressed: boolean, single: boolean) {
  const { phase, step, begun, edited, bundled, shelved } = run;
  const busy = !answers(phase);
  return html`
    ${press(trainLabel(run), () => (phase === "training" ? run.pause() : run.train()), { primary: true, able: !busy })}
    ${single ? press(bundled ? "First step of your own" : "Step", () => run.trainOneStep(), { able: atRest(phase) }) : nothing}
    ${press("Reset", () => run.reset(), { able: !busy && (begun || edited) })}
    <span class="state" data-testid="state" data-phase=${phase} data-step=${step}>${runState(run, pressed)}</span>
    ${shelved
      ? html`<button class="link" part="controls" @click=${() => run.goBack()}>Back to ${shelved.bundled ? "the model that came with the page" : `the run at step ${count(shelved.step)}`}</button>`
      : nothing}
  `;
}

export function trainTrouble(run: Run) {
  return html`
    ${run.error === null ? nothing : alarm(run.error, run.again)}
    <ul class="notices note" data-testid="notices">
      ${run.notices.map((notice) => html`<li>${notice}</li>`)}
    </ul>
  `;
}

export function engineLine(run: Run) {
  const engine = run.current?.engine;
  return html`<p class="note" data-testid="engine" data-kind=${engine?.kind ?? ""}>${engine?.reason ?? "The engine is chosen and loaded when training starts."}</p>`;
}

/** Turns time back, and forward again: in every figure of the run, as far as its moments reach. `help`: the id of what explains it. */
export function timeMachine(moments: Moments, help: string | null = null) {
  const { steps, at } = moments;
  return html`<input
    id="time" type="range" min="0" max=${Math.max(0, steps.length - 1)} .value=${String(at)}
    aria-label="Time machine" aria-valuetext=${`step ${count(steps[at] ?? 0)}`}
    aria-describedby=${help ?? nothing}
    ?disabled=${steps.length < 2}
    @input=${(event: Event) => moments.to(Number((event.target as HTMLInputElement).value))}
  />`;
}
