import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { galleryStyles } from "../charts/gallery";
import "../charts/lr-chart";
import { csv, measurementsTable } from "../export/csv";
import { download } from "../export/download";
import { engineError, sentence } from "../engine/errors";
import { sharedPool, type Batch } from "../engine/pool";
import type { Chart, Config, EngineKind, Job, Measurement, Value } from "../engine/pkg/leftright.js";
import { count } from "../util/format";
import type { Run } from "../run/run";
import { press } from "../figures/press";
import { configOf, field, readInShape, readValue, reshaped } from "../run/settings";
import { figureStyles } from "../style/figure";

/** Models of one population, and how far each is trained. */
const MOST = 12;
const STEPS = 1000;
const EVERY = 50;
const SEEDS = "0 1 2 3";
const SHARE: [number, number] = [0, 1];
const LINES = ["unseen.retrieval", "unseen.order", "unseen.recognition"];

/** Models that differ in one setting, each with a small picture of how it learns. */
@customElement("lr-population")
export class LrPopulation extends LitElement {
  static override styles = [
    figureStyles,
    galleryStyles,
    css`
      .row {
        margin-block: var(--space-3);
      }

      input {
        min-height: 2.5rem;
        width: 14rem;
        max-width: 100%;
        padding: 0 var(--space-3);
        border: 1px solid var(--edge);
        border-radius: 4px;
        background: var(--paper);
      }
    `,
  ];

  @property({ attribute: false }) run!: Run;
  @state() private name: keyof Config = "seed";
  @state() private text = SEEDS;
  @state() private message = "";
  @state() private jobs: Job[] = [];
  @state() private measurements: Measurement[] = [];
  @state() private batch: Batch | null = null;
  private asking = false;
  /** What the jobs differ in, and how. */
  private varied: { name: keyof Config; values: Value[] } = { name: "seed", values: [] };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.cancel();
  }

  /** Takes another setting up, with values that it can have. */
  private vary(name: keyof Config): void {
    const { kind, min, default: usual } = field(this.run.fields, name);
    this.name = name;
    const all = typeof kind === "object" ? kind.choice.join(" ") : kind === "flag" ? "false true" : null;
    this.text = name === "seed" ? SEEDS : all ?? (kind === "integer" ? `${min} ${usual}` : String(usual));
    this.message = "";
  }

  private cancel(): void {
    this.batch?.cancel();
    this.batch = null;
  }

  private async start(): Promise<void> {
    const { run, name } = this;
    if (!run.settings) return;
    const setting = field(run.fields, name);
    const read = reshaped(run.settings, run.fields) ? readInShape : readValue;
    const words = this.text.split(/[\s,]+/).filter((word) => word !== "");
    const values: Value[] = [];
    for (const answer of words.map((word) => read(word, setting))) {
      if ("wrong" in answer) {
        this.message = `${answer.wrong}.`;
        return;
      }
      values.push(answer.value);
    }
    if (values.length === 0 || values.length > MOST) {
      this.message = `There must be 1 to ${MOST} values, with spaces between.`;
      return;
    }
    const settings = configOf(run.settings);
    // A second press before the engine has answered would queue the models twice.
    if (this.asking || this.batch) return;
    this.asking = true;
    let jobs: Job[];
    let populations: number[][];
    let kind: EngineKind;
    try {
      jobs = await Promise.all(
        values.map(async (value) => {
          const config = await run.worker.call((api) => api.check({ ...settings, [name]: value }));
          return { config, steps: STEPS, every: EVERY, plateau: false, measures: [{ accuracies: ["unseen"] }] } satisfies Job;
        }),
      );
      populations = await run.worker.populations(jobs);
      ({ kind } = await run.engine());
    } catch (thrown) {
      this.message = sentence(engineError(thrown));
      return;
    } finally {
      this.asking = false;
    }
    if (!this.isConnected) return;
    this.jobs = jobs;
    this.varied = { name, values };
    this.measurements = [];
    this.message = "";
    const numbered = jobs.map((job, number) => ({ job, number }));
    this.batch = sharedPool().train(populations.map((places) => numbered.filter(({ number }) => places.includes(number))), kind, {
      progress: (_, __, measurement) => { if (measurement) this.measurements = [...this.measurements, measurement]; },
      failed: (_, error) => { this.message = sentence(error); },
      ended: () => { this.batch = null; },
    });
  }

  private chart(job: number): Chart {
    const own = this.measurements.filter((measurement) => measurement.job === job).sort((a, b) => a.step - b.step);
    const { name, values } = this.varied;
    const series = LINES.map((line) => ({
      name: line.replace("unseen.", ""),
      points: own.flatMap(({ step, values }) => (values[line] === undefined ? [] : [{ x: step, y: values[line], least: values[line], most: values[line] }])),
    }));
    return {
      kind: "lines",
      title: `${name} ${String(values[job])}`,
      x: { label: "step", bounds: [0, STEPS], log: false },
      y: { label: "accuracy on unseen pairs", bounds: SHARE, log: false },
      series,
    };
  }

  /** Every measurement, as a file. */
  private keep(): void {
    const { name, values } = this.varied;
    const table = measurementsTable({ jobs: this.jobs }, [{ field: field(this.run.fields, name), values }], this.measurements);
    download(`leftright-population-${name}.csv`, csv(table));
  }

  override render() {
    const { run, jobs, batch, measurements } = this;
    const done = measurements.filter(({ step }) => step === STEPS).length;
    return html`
      <h3>A population: the page’s own settings, and one that differs</h3>
      <div class="row">
        <label>Setting
          <select @change=${(event: Event) => { this.vary((event.target as HTMLSelectElement).value as keyof Config); }}>
            ${run.fields.map(({ name }) => html`<option value=${name} .selected=${name === this.name}>${name}</option>`)}
          </select>
        </label>
        <label>Values <input .value=${this.text} @change=${(event: Event) => { this.text = (event.target as HTMLInputElement).value; }} /></label>
        ${batch ? press("Cancel", () => { this.cancel(); }, { primary: true }) : press("Train them", () => this.start(), { primary: true, able: run.settings !== null })}
        <span class="note" role="status">${jobs.length > 0 ? `${done} of ${jobs.length} models trained for ${count(STEPS)} steps` : ""}</span>
      </div>
      ${this.message === "" ? nothing : html`<p class="alarm" role="alert">${this.message}</p>`}
      <div class="charts" data-testid="population" aria-busy=${batch ? "true" : "false"}>
        ${jobs.map((_, job) => html`<lr-chart .chart=${this.chart(job)}></lr-chart>`)}
      </div>
      ${measurements.length > 0 ? html`<div class="row"><button class="link" @click=${() => { this.keep(); }}>Keep the numbers (CSV)</button></div>` : nothing}
    `;
  }
}
