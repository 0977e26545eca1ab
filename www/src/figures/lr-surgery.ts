import { css, html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import "../charts/accuracy-track";
import "../charts/lr-row-editor";
import { scaleLinear } from "d3-scale";
import type { RowMove } from "../charts/lr-row-editor";
import type { Accuracy, Chart, Config, Series } from "../engine/pkg/leftright.js";
import type { Table } from "../export/csv";
import { same } from "../util/same";
import { ProbeFigure } from "../experiments/probe-figure";
import { experimentWords } from "../words/en-experiments";
import { SKILL, isCoin, steepestOf } from "./findings";
import { press } from "./press";

/** The steepest ramp of the slider, in logits per pixel. */
const STEEPEST = 4;
const ACCURACIES = ["retrieval", "order", "recognition"] as const;

/** What the reader has put in the place of EP. */
interface Operation {
  /** Null for the steepest head. */
  head: number | null;
  /** Null for the model's own row. */
  row: number[] | null;
  /** The slope of the ramp, if the row is one. */
  ramp: number | null;
}

/** What a model says of unseen pairs with a row in a head. */
interface Answer {
  config: Config;
  head: number;
  row: number[];
  accuracy: Accuracy;
}

const NOTHING: Operation = { head: null, row: null, ramp: null };

/** A term's row is drawn by hand in the model's place: what does the model say then? */
@customElement("lr-surgery")
export class LrSurgery extends ProbeFigure {
  static override styles = [
    ...ProbeFigure.styles,
    css`
      .operation {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
        gap: var(--space-5) var(--space-6);
        margin-block: var(--space-4) var(--space-6);
      }

      .operation > * {
        align-self: start;
      }

      .controls {
        display: grid;
        gap: var(--space-4);
      }

      input[type="range"] {
        width: 100%;
        accent-color: var(--ink);
      }

      .ends {
        display: flex;
        justify-content: space-between;
      }

      td:nth-child(2) {
        width: 50%;
      }

      td:nth-child(3) {
        white-space: nowrap;
      }
    `,
  ];

  protected override readonly experiment = "surgery";
  /** What the reader has done last, whatever model has come since. */
  private done = NOTHING;
  private readonly past: Operation[] = [];
  private turning = false;
  private readonly rows = this.question<{ config: Config; rows: number[][] }>();
  private readonly answer = this.question<Answer>();

  /** The EP of each head of the model at hand; none until they are known. */
  private get ownRows(): number[][] {
    const { value } = this.rows;
    return value && value.config === this.run.current?.config ? value.rows : [];
  }
  private get steepest(): number | null {
    const { evaluation } = this.run;
    return evaluation && steepestOf(evaluation);
  }
  /** What is put in the model at hand: a row that was drawn for other pixels, or a head that it has not, is not. */
  private get put(): Operation {
    const { done, ownRows, steepest } = this;
    const head = done.head !== null && done.head < ownRows.length ? done.head : null;
    const own = ownRows[head ?? steepest ?? -1];
    return done.row && done.row.length === own?.length ? { ...done, head } : { ...NOTHING, head };
  }
  private get operated(): number | null {
    return this.put.head ?? this.steepest;
  }
  /** Which way the operated head's own line leans, as a sign. A straight line of a positive slope here leans the same way. */
  private get lean(): 1 | -1 {
    return (this.run.evaluation?.slopes[this.operated ?? -1] ?? 0) < 0 ? -1 : 1;
  }
  private get own(): number[] {
    return this.ownRows[this.operated ?? -1] ?? [];
  }
  private get row(): number[] {
    return this.put.row ?? this.own;
  }
  /** What the model at hand has answered last. */
  private get last(): Answer | null {
    const { value } = this.answer;
    return value?.config === this.run.current?.config ? value : null;
  }
  /** What it says of the row that is shown; null while that is on its way. */
  private get answered(): Accuracy | null {
    const { last, operated, row } = this;
    return last?.head === operated && same(last.row, row) ? last.accuracy : null;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const { run, row, operated, ownRows } = this;
    const config = run.current?.config;
    if (!config) return;
    if (this.wantsAnswer(this.rows)) this.rows.ask([run, run.revision], async () => ({ config, rows: await run.epRows() }));
    if (operated === null || row.length === 0 || !this.wantsAnswer(this.answer)) return;
    this.answer.ask([run, run.revision, row, operated], async () => {
      const accuracy = await run.operate(ownRows.map((_, head) => (head === operated ? row : null)));
      return { config, head: operated, row, accuracy };
    });
  }

  private get surgery() {
    return experimentWords(this.words).surgery;
  }

  protected override get measures(): string {
    return this.surgery.measure;
  }

  private operate(change: Partial<Operation>, remember = true): void {
    if (remember) this.past.push(this.done);
    this.done = { ...this.done, ...change };
    this.requestUpdate();
  }

  private undo(): void {
    this.done = this.past.pop() ?? NOTHING;
    this.requestUpdate();
  }

  /** A straight line about zero over the pixels, leaning the model's own way; one turn of the slider is one step to undo. */
  private ramp(slope: number): void {
    const last = this.own.length - 1;
    const half = (this.lean * slope * last) / 2;
    const line = scaleLinear([0, last], [-half, half]);
    this.operate({ row: this.own.map((_, pixel) => line(pixel)), ramp: slope }, !this.turning);
    this.turning = true;
  }

  protected override get heading(): string {
    const { surgery } = this;
    const order = this.put.row && this.run.trained ? this.answered?.order : null;
    if (order === null || order === undefined) return super.heading;
    if (order >= SKILL) return surgery.right;
    if (order <= 1 - SKILL) return surgery.reversed;
    return isCoin(order) ? surgery.chance : surgery.unsure;
  }

  /** Of what is drawn, until every straight line is measured. */
  protected override finding(): string | TemplateResult | typeof nothing {
    const { answered, operated, surgery, put: { ramp, row } } = this;
    if (!this.run.trained || operated === null || (row === null && (!answered || this.measured()))) return super.finding();
    const condition = surgery.condition(row === null ? "own" : (ramp ?? "drawn"), operated);
    if (!answered) return surgery.measuring(condition);
    const { order, recognition } = answered;
    if (order === null || recognition === null) return this.words.run.untested;
    return surgery.found(condition, recognition, order);
  }

  /** In the picture of every straight line, the one that the reader has put in. */
  protected override drawn(charts: Chart[]): Chart[] {
    const { ramp } = this.put;
    const order = this.answered?.order;
    if (ramp === null || ramp < 0 || order === null || order === undefined) return charts;
    const yours: Series = { name: "order, yours", points: [{ x: ramp, y: order, least: order, most: order }] };
    return charts.map((chart) => (chart.kind === "lines" ? { ...chart, series: [...chart.series, yours] } : chart));
  }

  protected override operation() {
    const { row, own, operated, surgery, words: { cut } } = this;
    if (row.length === 0 || operated === null) return nothing;
    return html`<div class="operation">
      <div class="controls" part="controls">
        ${this.headChoice()}
        <div>
          <h3>${surgery.row(operated)} <span class="note">${surgery.own}</span></h3>
          <lr-row-editor
            .values=${row}
            .own=${own}
            .most=${scaleLinear([0, Math.max(10, ...row.map(Math.abs), ...own.map(Math.abs))], [0, 1]).nice(4).domain()[1] ?? 10}
            @lr-row=${(event: RowMove) => { this.operate({ row: event.detail.values, ramp: null }, !event.detail.continued); }}
          ></lr-row-editor>
          <p class="note hint">${surgery.hint}</p>
        </div>
        ${this.slider()}
        <div class="row">
          ${press(cut.undo, () => { this.undo(); }, { able: this.past.length > 0, why: cut.nothingYet })}
          ${press(surgery.restore, () => { this.operate({ row: null, ramp: null }); }, { able: this.put.row !== null, why: surgery.isOwn })}
        </div>
      </div>
      ${this.accuracies()}
    </div>`;
  }

  override numbers(): Table {
    const [before, after] = [this.run.evaluation?.accuracies.unseen, this.answered];
    const { columns, rows } = super.numbers();
    const accuracies = ACCURACIES.flatMap((name) => [["as it is", before?.[name]], ["with this row", after?.[name]]].map(([when, value]) => ["unseen pairs", when, name, value, value, value]));
    const drawn = [...this.row.entries()].map(([pixel, logit]) => [`EP of head ${this.operated ?? ""}`, "with this row", pixel + 1, logit, logit, logit]);
    return { columns, rows: [...accuracies, ...drawn, ...rows] };
  }

  private headChoice() {
    const { surgery } = this;
    const button = (head: number | null, label: string) =>
      html`<button aria-pressed=${this.put.head === head ? "true" : "false"} @click=${() => { this.operate({ head }); }}>${label}</button>`;
    return html`<fieldset>
      <legend>${surgery.keeps}</legend>
      <div class="row">${button(null, surgery.steepest(String(this.steepest ?? "")))} ${this.ownRows.map((_, head) => button(head, String(head)))}</div>
    </fieldset>`;
  }

  private slider() {
    const { surgery, put: { ramp } } = this;
    return html`<div>
      <label for="ramp"><b>${surgery.straight}</b> <span class="note">${ramp === null ? surgery.noLine : surgery.slope(ramp)}</span></label>
      <input
        id="ramp" type="range" min=${-STEEPEST} max=${STEEPEST} step="0.1"
        .value=${String(ramp ?? 0)}
        @input=${(event: Event) => { this.ramp(Number((event.target as HTMLInputElement).value)); }}
        @change=${() => { this.turning = false; }}
      />
      <div class="ends note" aria-hidden="true">${surgery.ends.map((end) => html`<span>${end}</span>`)}</div>
    </div>`;
  }

  private accuracies() {
    const { surgery, words: { figure, numbers: { accuracy } } } = this;
    const before = this.run.evaluation?.accuracies.unseen;
    const after = this.last?.accuracy;
    return html`<table data-testid="surgery" aria-busy=${this.answered ? "false" : "true"}>
      <caption class="visually-hidden">${surgery.table}</caption>
      <thead>
        <tr>${surgery.columns.map((column) => html`<th scope="col">${column}</th>`)}</tr>
      </thead>
      <tbody>
        ${ACCURACIES.map((name) => {
          const [was, is] = [before?.[name] ?? null, after?.[name] ?? null];
          return html`<tr data-testid=${`surgery-${name}`}>
            <th scope="row">${figure.accuracies[name]}</th>
            <td>${was === null || is === null ? nothing : html`<lr-accuracy-track .from=${was} .to=${is} .chance=${name === "order" ? 0.5 : null}></lr-accuracy-track>`}</td>
            <td><span data-value="before">${accuracy(was)}</span> → <b data-value="after">${accuracy(is)}</b></td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }
}
