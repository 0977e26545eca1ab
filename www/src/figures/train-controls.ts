// What trains a run, wherever it stands: its buttons, what it does, and what went wrong.
import { html, nothing } from "lit";
import { answers, atRest } from "../run/life";
import type { Moments } from "../run/moments";
import type { Run } from "../run/run";
import { en, type Words } from "../words/en";
import { alarm } from "./alarm";
import { press } from "./press";
import { runState, trainButton } from "./run-status";

/** `pressed`: whether a reader has buttons to press; `single`: whether one step can be done alone. */
export function trainButtons(run: Run, pressed: boolean, single: boolean, words: Words = en) {
  const { phase, step, begun, edited, bundled, shelved } = run;
  const busy = !answers(phase);
  return html`
    ${trainButton(run, words)}
    ${single ? press(bundled ? words.run.firstStep : words.run.step, () => run.trainOneStep(), { able: atRest(phase) }) : nothing}
    ${press(words.run.reset, () => run.reset(), { able: !busy && (begun || edited) })}
    <span class="state" data-testid="state" data-phase=${phase} data-step=${step}>${runState(run, pressed, words)}</span>
    ${shelved
      ? html`<button class="link" part="controls" @click=${() => run.goBack()}>${words.run.back} ${shelved.bundled ? words.run.shippedModel : words.run.runAt(shelved.step)}</button>`
      : nothing}
  `;
}

export function trainTrouble(run: Run, words: Words = en) {
  return html`
    ${run.error === null ? nothing : alarm(run.error, run.again, words)}
    <ul class="notices note" data-testid="notices" lang="en">
      ${run.notices.map((notice) => html`<li>${notice}</li>`)}
    </ul>
  `;
}

export function engineLine(run: Run, { run: words }: Words = en) {
  const engine = run.current?.engine;
  const told = engine ? words.engine(engine.kind, engine.requested !== "auto", engine.reason) : words.noEngine;
  return html`<p class="note" data-testid="engine" data-kind=${engine?.kind ?? ""}>${told}</p>`;
}

/** Turns time back, and forward again: in every figure of the run, as far as its moments reach. `help`: the id of what explains it. */
export function timeMachine(moments: Moments, help: string | null = null, { run: words }: Words = en) {
  const { steps, at } = moments;
  return html`<input
    id="time" type="range" min="0" max=${Math.max(0, steps.length - 1)} .value=${String(at)}
    aria-label=${words.timeMachine} aria-valuetext=${words.atStep(steps[at] ?? 0)}
    aria-describedby=${help ?? nothing}
    ?disabled=${steps.length < 2}
    @input=${(event: Event) => moments.to(Number((event.target as HTMLInputElement).value))}
  />`;
}
