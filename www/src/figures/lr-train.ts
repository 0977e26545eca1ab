import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import "../charts/lr-lines";
import type { SeriesStyle } from "../charts/series-style";
import type { Table } from "../export/csv";
import type { Accuracies, Axis, EngineRequest } from "../engine/pkg/leftright.js";
import { sinceStep, trainFinding } from "./findings";
import { accuracy, count } from "../util/format";
import { loadScript } from "../util/load-script";
import { answers, type Phase } from "../run/life";
import { ENGINES, NUMBERS, WORDS, field, readInShape, readValue, reshaped, type NumberName } from "../run/settings";
import { RunFigure } from "./figure";
import { runState } from "./run-status";
import { engineLine, timeMachine, trainButtons, trainTrouble } from "./train-controls";
import type { Keepsake } from "../export/menu";
import { SPLITS } from "./splits";

/** An axis of training steps, and those of what is drawn over them. */
const STEPS: Axis = { label: "step", bounds: null, log: false };
const LOSS = { x: STEPS, y: { label: "loss", bounds: null, log: true } satisfies Axis };
const RETRIEVAL = { x: STEPS, y: { label: "retrieval", bounds: [0, 1], log: false } satisfies Axis };
/** The splits' lines, as every figure draws them. */
const LOOKS: SeriesStyle[] = SPLITS.map(({ colour, dash, mark }) => ({ colour: `var(${colour})`, dash: dash?.join(" ") ?? "", mark }));
const CHART_HEIGHT = 190;
const twoDigits = (value: number) => value.toPrecision(2);

/** Why a field does not take another value: its page's `lock`. */
const SET = "Set by this page.";

/** Trains the model, with its settings, its loss and its accuracies as it goes. */
@customElement("lr-train")
export class LrTrain extends RunFigure {
  static override styles = [
    ...RunFigure.styles,
    css`
      .state {
        min-height: 1.5em;
      }

      .time {
        display: grid;
        grid-template-columns: auto minmax(6rem, 1fr) 6.5em;
        align-items: center;
        gap: var(--space-1) var(--space-4);
        margin-top: var(--space-4);
        font-variant-numeric: tabular-nums;
      }

      .time input {
        width: 100%;
        accent-color: var(--ink);
      }

      .time .note {
        grid-column: 2 / -1;
      }

      .charts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
        gap: var(--space-5);
        margin-block: var(--space-5);
      }

      table {
        table-layout: fixed;
      }

      thead th:first-child {
        width: 34%;
      }

      thead th:last-child {
        padding-right: 0;
      }

      table + .note {
        margin-top: var(--space-2);
      }

      .settings {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr));
        column-gap: var(--space-4);
        margin-block: var(--space-5) var(--space-3);
      }

      /* Label, field and help stand in line with their neighbours'. */
      .settings > div {
        display: grid;
        grid-row: span 3;
        grid-template-rows: subgrid;
        align-items: end;
        row-gap: var(--space-1);
        margin-bottom: var(--space-3);
      }

      .settings > div > :last-child {
        align-self: start;
      }

      .settings input,
      .settings select {
        width: 100%;
      }

      sub {
        line-height: 0;
      }

      .foot {
        margin-top: var(--space-3);
      }

      .notices {
        margin: var(--space-3) 0 0;
        padding: 0;
        list-style: none;
      }
    `,
  ];

  protected override readonly heading = "Train it, and watch whether it learns pairs or learns “left of”";
  protected override readonly turnsTime = true;
  /** What is wrong with a number in the form, until it is mended. */
  private readonly wrong = new Map<NumberName, string>();
  private told: { phase: Phase; notice: string } = { phase: "empty", notice: "" };

  protected override finding() {
    const { evaluation, trained, asOpened } = this.run;
    return evaluation ? trainFinding(evaluation, trained, sinceStep(evaluation.step, asOpened)) : nothing;
  }

  protected override updated(): void {
    // A screen reader hears of the turns of a run, not of its every step. (An error is an alert of its own.)
    const { phase, notices } = this.run;
    const notice = notices.at(-1) ?? "";
    const sentence = phase === "training" ? "Training." : runState(this.run, this.pressed);
    if (notice === this.told.notice && phase === this.told.phase) return;
    this.announce(notice === this.told.notice ? sentence : `${notice} ${sentence}`);
    this.told = { phase, notice };
  }

  /** Of what the run could not do it tells beside its buttons. */
  protected override failures(): typeof nothing {
    return nothing;
  }

  /** It has its own way to train. */
  protected override trainer(): typeof nothing {
    return nothing;
  }

  /** Said beside the time machine, which must not move under the hand that turns it. */
  protected override moment(): typeof nothing {
    return nothing;
  }

  private change(name: NumberName, input: HTMLInputElement): void {
    const { settings, fields } = this.run;
    const read = settings && reshaped(settings, fields) ? readInShape : readValue;
    const answer = read(input.value, field(fields, name));
    if ("wrong" in answer) {
      this.wrong.set(name, `${answer.wrong}.`);
      this.requestUpdate();
    } else {
      this.wrong.delete(name);
      void this.run.set({ [name]: answer.value });
    }
  }

  /** A row for each step and each evaluation; what was not evaluated then is empty. */
  override numbers(): Table {
    const { losses, firstStep, evaluations } = this.run;
    const steps = new Set([...evaluations.map(({ step }) => step), ...losses.map((_, i) => firstStep + i)]);
    const names = SPLITS.flatMap(({ split }) => (["retrieval", "order", "recognition"] as const).map((name) => ({ split, name })));
    const rows = [...steps].sort((a, b) => a - b).map((step) => {
      const evaluation = evaluations.find((candidate) => candidate.step === step);
      return [step, losses[step - firstStep], ...names.map(({ split, name }) => evaluation?.accuracies[split][name])];
    });
    return { columns: ["step", "loss", ...names.map(({ split, name }) => `${split}.${name}`)], rows };
  }

  override keepsakes(): Keepsake[] {
    const { run } = this;
    return [
      { label: "Model (safetensors)", ending: ".safetensors", content: () => run.checkpoint() as Promise<BlobPart | null> },
      { label: "Run (JSON)", ending: ".json", content: async () => (await loadScript(() => import("../run/recipe"))).recipe(run) },
    ];
  }

  private async openFile(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    if (!file) return;
    input.value = ""; // so that the same file can be chosen again
    try {
      await (await loadScript(() => import("../run/open-file"))).openFile(this.run, file);
    } catch {
      this.run.fail(`${file.name} was not opened: a part of this page could not be loaded.`);
    }
  }

  protected override body() {
    const { run } = this;
    const { phase, step, target } = run;
    const busy = !answers(phase);
    return html`
      <div class="row">${trainButtons(run, this.pressed, true)}</div>
      <progress max=${target} .value=${step} aria-label="Training progress"></progress>
      ${this.timeMachine()}
      ${trainTrouble(run)}
      ${this.charts()} ${this.accuracies(run.evaluation?.accuracies)} ${this.settings()}
      ${engineLine(run)}
      <div class="row note foot" part="controls">
        <button class="link" ?disabled=${busy || this.lock !== null} title=${this.lock === null ? "" : SET} @click=${() => this.renderRoot.querySelector<HTMLInputElement>("#file")?.click()}>
          Open a model or a run
        </button>
        <input id="file" type="file" accept=".safetensors,.json,.zip" hidden @change=${(event: Event) => this.openFile(event.target as HTMLInputElement)} />
      </div>
    `;
  }

  /** Takes every figure back to the model of an earlier step; of the shipped model's past there are no models. */
  private timeMachine() {
    const { bundled, moments, shown, step } = this.run;
    const { steps, at } = moments;
    if (bundled || steps.length < 2) return nothing;
    return html`<div class="time" part="controls">
      <label for="time"><b>Time machine</b></label>
      ${timeMachine(moments, "time-help")}
      <output for="time">step ${count(steps[at] ?? 0)}</output>
      <div class="note">
        <span id="time-help">Every figure of this model follows.</span>
        ${shown === null ? nothing : html`<button class="link" @click=${() => this.run.show(null)}>Show the latest, step ${count(step)}</button>`}
      </div>
    </div>`;
  }

  private charts() {
    const { losses, firstStep, evaluations, shown } = this.run;
    // What the figures show of the past, the curves show too.
    const until = shown ?? Infinity;
    const point = (x: number, y: number) => ({ x, y, least: y, most: y });
    const loss = losses.map((value, i) => point(firstStep + i, value)).filter(({ x }) => x <= until);
    const then = evaluations.filter(({ step }) => step <= until);
    const retrieval = SPLITS.map(({ split, label }) => ({ name: label, points: then.map(({ step, accuracies }) => point(step, accuracies[split].retrieval)) }));
    return html`<div class="charts">
      <div>
        <h3>Contrastive loss by training step</h3>
        <lr-lines growing heading="Loss curve" .height=${CHART_HEIGHT} .axes=${LOSS} .series=${[{ name: "loss", points: loss }]} .format=${twoDigits}></lr-lines>
      </div>
      <div>
        <h3>Right captions (retrieval) by training step</h3>
        <lr-lines growing heading="Retrieval on the three splits" .height=${CHART_HEIGHT} .axes=${RETRIEVAL} .series=${retrieval} .looks=${LOOKS} .format=${accuracy}></lr-lines>
      </div>
    </div>`;
  }

  private accuracies(accuracies: Accuracies | undefined) {
    return html`<div>
      <table>
        <caption class="visually-hidden">
          Accuracies on the three splits
        </caption>
        <thead>
          <tr>
            <th scope="col">Tested on</th>
            <th scope="col">Retrieval</th>
            <th scope="col">Order</th>
            <th scope="col">Recognition</th>
          </tr>
        </thead>
        <tbody>
          ${SPLITS.map(({ split, label, meaning }) => {
            const row = accuracies?.[split];
            return html`<tr data-testid=${`accuracies-${split}`}>
              <th scope="row"><b>${label}</b> <span class="note">${meaning}</span></th>
              <td data-accuracy="retrieval">${accuracy(row?.retrieval ?? null)}</td>
              <td data-accuracy="order">${accuracy(row?.order ?? null)}</td>
              <td data-accuracy="recognition">${accuracy(row?.recognition ?? null)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
      <p class="note">
        Retrieval: the right caption is the nearest of all. Order: it beats its own swap (chance 0.50). Recognition: the
        nearest caption names the two objects.
      </p>
    </div>`;
  }

  private settings() {
    const { settings, fields, begun, edited } = this.run;
    if (!settings) return nothing;
    const elsewhere = reshaped(settings, fields);
    return html`
      <div class="settings" part="controls">
        ${NUMBERS.map((name) => {
          const { label, symbol } = WORDS[name];
          const { min, max, help } = field(fields, name);
          const wrong = this.wrong.get(name);
          return html`<div>
            <label for=${name}>${label}${symbol ? html`, <i>${symbol.letter}</i><sub>${symbol.index}</sub>` : nothing}</label>
            <input
              id=${name}
              type="number"
              inputmode="numeric"
              min=${min}
              max=${elsewhere ? nothing : max}
              .value=${String(settings[name])}
              ?disabled=${this.locked(name)}
              aria-describedby=${`${name}-help`}
              aria-invalid=${wrong === undefined ? "false" : "true"}
              @change=${(event: Event) => { this.change(name, event.target as HTMLInputElement); }}
            />
            <span id=${`${name}-help`} class=${wrong === undefined ? "note" : "alarm"}>${wrong ?? (this.locked(name) ? SET : elsewhere ? `${help}.` : `${help}; ${min} to ${count(max)}.`)}</span>
          </div>`;
        })}
        <div>
          <label for="engine">Engine</label>
          <select id="engine" aria-describedby="engine-help" ?disabled=${this.locked("engine")} @change=${(event: Event) => this.run.set({ engine: (event.target as HTMLSelectElement).value as EngineRequest })}>
            ${ENGINES.map(({ request, label }) => html`<option value=${request} .selected=${request === settings.engine}>${label}</option>`)}
          </select>
          <span id="engine-help" class="note">${this.locked("engine") ? SET : "Automatic: the GPU where it is faster and agrees with the CPU."}</span>
        </div>
      </div>
      <p class="note" part="controls">${begun ? (edited ? html`<b>These settings apply when you press ${this.run.bundled ? "Train" : "Reset"}.</b>` : `Changes apply when you press ${this.run.bundled ? "Train" : "Reset"}.`) : "Changes make a new model at once."}</p>
    `;
  }
}
