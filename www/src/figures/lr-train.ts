import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import "../charts/lr-lines";
import type { SeriesStyle } from "../charts/series-style";
import type { Table } from "../export/csv";
import type { Accuracies, Axis, EngineRequest } from "../engine/pkg/leftright.js";
import { sinceStep, trainFinding } from "./findings";
import { quote } from "../util/text";
import { loadScript } from "../util/load-script";
import { answers, type Phase } from "../run/life";
import { ENGINES, NUMBERS, SYMBOLS, field, readInShape, readValue, reshaped, type NumberName } from "../run/settings";
import { RunFigure } from "./figure";
import { runState } from "./run-status";
import { engineLine, timeMachine, trainButtons, trainTrouble } from "./train-controls";
import type { Keepsake } from "../export/menu";
import { SPLITS } from "./splits";
import type { Words } from "../words";

const SHARE: Axis["bounds"] = [0, 1];
/** The splits' lines, as every figure draws them. */
const LOOKS: SeriesStyle[] = SPLITS.map(({ colour, dash, mark }) => ({ colour: `var(${colour})`, dash: dash?.join(" ") ?? "", mark }));
const CHART_HEIGHT = 190;
const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** Trains the model, with its settings, its loss and its accuracies as it goes. */
@customElement("lr-train")
export class LrTrain extends RunFigure {
  static override styles = [
    ...RunFigure.styles,
    css`
      /* What stands below it stands so in two runs side by side. */
      .state {
        flex: 1 0 100%;
        min-height: 2lh;
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

  protected override readonly turnsTime = true;
  /** What is wrong with a number in the form, until it is mended. */
  private readonly wrong = new Map<NumberName, (words: Words["train"]) => string>();
  private told: { phase: Phase; notice: string } = { phase: "empty", notice: "" };

  protected override get heading(): string {
    return this.words.train.heading;
  }

  protected override finding() {
    const { run: { evaluation, trained, asOpened }, words } = this;
    return evaluation ? trainFinding(evaluation, trained, sinceStep(evaluation.step, asOpened, words), words) : nothing;
  }

  protected override updated(): void {
    // A screen reader hears of the turns of a run, not of its every step. (An error is an alert of its own.)
    const { phase, notices } = this.run;
    const notice = notices.at(-1) ?? "";
    const sentence = phase === "training" ? this.words.run.announced : runState(this.run, this.pressed, this.words);
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
    const { value } = input;
    const setting = field(fields, name);
    const answer = read(value, setting);
    if ("wrong" in answer) {
      this.wrong.set(name, (words) => words.whole(name, quote(value), setting.min, answer.max));
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
    const { run, words: { train } } = this;
    return [
      { label: train.model, ending: ".safetensors", content: () => run.checkpoint() as Promise<BlobPart | null> },
      { label: train.run, ending: ".json", content: async () => (await loadScript(() => import("../run/recipe"))).recipe(run) },
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
    const { run, words } = this;
    const { phase, step, target } = run;
    const busy = !answers(phase);
    return html`
      <div class="row">${trainButtons(run, this.pressed, true, words)}</div>
      <progress max=${target} .value=${step} aria-label=${words.run.progress}></progress>
      ${this.timeMachine()}
      ${trainTrouble(run, words)}
      ${this.charts()} ${this.accuracies(run.evaluation?.accuracies)} ${this.settings()}
      ${engineLine(run, words)}
      <div class="row note foot" part="controls">
        <button class="link" ?disabled=${busy || this.lock !== null} title=${this.lock === null ? "" : words.train.set} @click=${() => this.renderRoot.querySelector<HTMLInputElement>("#file")?.click()}>
          ${words.train.open}
        </button>
        <input id="file" type="file" accept=".safetensors,.json,.zip" hidden @change=${(event: Event) => this.openFile(event.target as HTMLInputElement)} />
      </div>
    `;
  }

  /** Takes every figure back to the model of an earlier step; of the shipped model's past there are no models. */
  private timeMachine() {
    const { run: { bundled, moments, shown, step }, words } = this;
    const { steps, at } = moments;
    if (bundled || steps.length < 2) return nothing;
    return html`<div class="time" part="controls">
      <label for="time"><b>${words.run.timeMachine}</b></label>
      ${timeMachine(moments, "time-help", words)}
      <output for="time">${words.run.atStep(steps[at] ?? 0)}</output>
      <div class="note">
        <span id="time-help">${words.train.follows}</span>
        ${shown === null ? nothing : html`<button class="link" @click=${() => this.run.show(null)}>${words.figure.latest(step)}</button>`}
      </div>
    </div>`;
  }

  private charts() {
    const { run: { losses, firstStep, evaluations, shown }, words: { train, chart, figure, numbers } } = this;
    const x: Axis = { label: chart.step, bounds: null, log: false };
    const y = (label: string, bounds: Axis["bounds"]): Axis => ({ label, bounds, log: bounds === null });
    // What the figures show of the past, the curves show too.
    const until = shown ?? Infinity;
    const point = (x: number, y: number) => ({ x, y, least: y, most: y });
    const loss = losses.map((value, i) => point(firstStep + i, value)).filter(({ x }) => x <= until);
    const then = evaluations.filter(({ step }) => step <= until);
    const retrieval = SPLITS.map(({ split }) => ({ name: figure.splits[split].label, points: then.flatMap(({ step, accuracies: { [split]: { retrieval } } }) => (retrieval === null ? [] : [point(step, retrieval)])) }));
    return html`<div class="charts">
      <div>
        <h3>${train.lossTitle}</h3>
        <lr-lines growing .heading=${train.lossCurve} .height=${CHART_HEIGHT} .axes=${{ x, y: y(train.loss, null) }} .series=${[{ name: train.loss, points: loss }]} .format=${numbers.twoDigits}></lr-lines>
      </div>
      <div>
        <h3>${train.retrievalTitle}</h3>
        <lr-lines growing .heading=${train.retrievalCurve} .height=${CHART_HEIGHT} .axes=${{ x, y: y(figure.accuracies.retrieval, SHARE) }} .series=${retrieval} .looks=${LOOKS} .format=${numbers.accuracy}></lr-lines>
      </div>
    </div>`;
  }

  private accuracies(accuracies: Accuracies | undefined) {
    const { train, figure, numbers: { accuracy } } = this.words;
    const column = (name: keyof typeof figure.accuracies) => html`<th scope="col">${capital(figure.accuracies[name])}</th>`;
    return html`<div>
      <table>
        <caption class="visually-hidden">
          ${train.table}
        </caption>
        <thead>
          <tr>
            <th scope="col">${train.testedOn}</th>
            ${column("retrieval")} ${column("order")} ${column("recognition")}
          </tr>
        </thead>
        <tbody>
          ${SPLITS.map(({ split }) => {
            const { label, meaning } = figure.splits[split];
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
      <p class="note">${train.meanings}</p>
    </div>`;
  }

  private settings() {
    const { run: { settings, fields, begun, edited, bundled }, words: { train, run } } = this;
    const press = bundled ? run.train : run.reset;
    if (!settings) return nothing;
    const elsewhere = reshaped(settings, fields);
    return html`
      <div class="settings" part="controls">
        ${NUMBERS.map((name) => {
          const symbol = SYMBOLS[name];
          const { min, max, help: ofCrate } = field(fields, name);
          const wrong = this.wrong.get(name)?.(train);
          const help = train.help(name, ofCrate);
          return html`<div>
            <label for=${name}>${train.settings[name]}${symbol ? html`, <i>${symbol.letter}</i><sub>${symbol.index}</sub>` : nothing}</label>
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
            <span id=${`${name}-help`} class=${wrong === undefined ? "note" : "alarm"}>${wrong ?? (this.locked(name) ? train.set : elsewhere ? `${help}.` : `${help}; ${train.bounds(min, max)}.`)}</span>
          </div>`;
        })}
        <div>
          <label for="engine">${train.engine}</label>
          <select id="engine" aria-describedby="engine-help" ?disabled=${this.locked("engine")} @change=${(event: Event) => this.run.set({ engine: (event.target as HTMLSelectElement).value as EngineRequest })}>
            ${ENGINES.map((request) => html`<option value=${request} .selected=${request === settings.engine}>${train.engines[request]}</option>`)}
          </select>
          <span id="engine-help" class="note">${this.locked("engine") ? train.set : train.engineHelp}</span>
        </div>
      </div>
      <p class="note" part="controls">${begun ? (edited ? html`<b>${train.theseApply(press)}</b>` : train.changesApply(press)) : train.atOnce}</p>
    `;
  }
}
