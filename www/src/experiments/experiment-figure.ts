import { css, html, nothing } from "lit";
import { gallery, galleryStyles } from "../charts/gallery";
import { measurementsTable, type Table } from "../export/csv";
import { ExperimentRun, type Setting } from "./experiment-run";
import type { Run } from "../run/run";
import { host } from "../embed/host";
import { alarm } from "../figures/alarm";
import { Figure } from "../figures/figure";
import type { Provenance } from "../export/menu";
import { press } from "../figures/press";
import { experimentWords } from "../words/en-experiments";
import type { ExperimentName } from "./table";
import { claimed, crateSays, rule, verdictStyles } from "./verdict";

/** A figure that trains models of its own, in workers of their own, and draws what they say as they come. */
export abstract class ExperimentFigure extends Figure {
  static override styles = [
    ...Figure.styles,
    verdictStyles,
    galleryStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--space-1) var(--space-4);
        margin: var(--space-3) 0;
      }

      dd {
        margin: 0;
      }
    `,
  ];

  /** The experiment's name in the crate. */
  protected abstract readonly experiment: ExperimentName;
  /** Whether the reader chooses which of its pictures is shown. */
  protected readonly oneAtATime: boolean = false;
  private trial: ExperimentRun | null = null;
  private told = "";
  private readonly redraw = () => { this.requestUpdate(); };

  protected override show(run: Run): void {
    super.show(run);
    if (this.trial?.run !== run) {
      this.trial = new ExperimentRun(this.experiment, run, host() === null);
      void this.trial.load();
    }
    this.trial.addEventListener("change", this.redraw);
  }

  protected override leave(): void {
    super.leave();
    const { trial } = this;
    trial?.removeEventListener("change", this.redraw);
    // A figure that is only moved goes on.
    setTimeout(() => { if (!this.isConnected || this.trial !== trial) trial?.cancel(); });
  }

  protected override updated(): void {
    // A screen reader hears that it began and what came of it, not of every model.
    const { trial } = this;
    const running = trial?.phase === "running";
    const state = running ? this.words.run.announced : trial && trial.done > 0 ? this.state(trial) : "";
    const found = running || state === "" ? "" : this.found();
    const sentences = `${state} ${found}`.trim();
    if (sentences === this.told) return;
    this.told = sentences;
    this.announce(html`${state} ${crateSays(found)}`);
  }

  protected override measured(): boolean {
    return this.trial?.phase === "running" || (this.trial?.measurements.length ?? 0) > 0;
  }

  /** Every measurement, of which the charts are summaries. */
  override numbers(): Table {
    const { trial } = this;
    return trial?.plan ? measurementsTable(trial.plan, trial.settings, trial.measurements) : { columns: [], rows: [] };
  }

  override provenance(): Provenance {
    const { done, models } = this.trial ?? { done: 0, models: 0 };
    return { name: `${done}-of-${models}`, words: this.said.measured(done, models) };
  }

  /** What the models trained here say so far, in a sentence; empty before they do. */
  found(): string {
    return this.trial?.summary?.finding ?? "";
  }

  protected override finding() {
    const { trial, said } = this;
    if (!trial?.plan) return "";
    const found = this.found();
    if (found !== "") return crateSays(found);
    if (trial.phase === "running" && trial.measurements.length === 0) return said.begun;
    return trial.measurements.length > 0 ? said.tooLittle : said.nothing(trial.models, this.pressed);
  }

  protected override get heading(): string {
    return experimentWords(this.words).headings[this.experiment];
  }

  private get said() {
    return experimentWords(this.words).models;
  }

  private state(trial: ExperimentRun): string {
    const { said } = this;
    const { phase, models, done, remaining } = trial;
    if (phase === "loading") return said.preparing;
    if (phase === "failed") return said.failed;
    if (phase === "running") return said.running(done, models, remaining);
    if (done === models) return said.all(models);
    return trial.measurements.length > 0 ? said.stopped(done, models) : said.plan(models, stepsOf(trial));
  }

  protected override body() {
    const { trial } = this;
    if (!trial) return html``;
    const { phase, plan, summary, errors, again } = trial;
    return html`
      ${plan ? claimed(plan.info, summary?.verdict, this.said.these, this.words) : nothing} ${this.buttons(trial)}
      ${errors.map((error) => alarm(error, again, this.words))}
      ${gallery(summary?.charts ?? [], phase === "running", this.oneAtATime)}
      ${plan ? this.details(trial) : nothing}
    `;
  }

  private buttons(trial: ExperimentRun) {
    const { said } = this;
    const { phase, done, models, measurements } = trial;
    const idle = phase === "ready";
    const complete = idle && done === models;
    const begun = measurements.length > 0;
    const again = () => {
      trial.clear();
      trial.start();
    };
    return html`
      <div class="row">
        ${phase === "running"
          ? press(experimentWords(this.words).cancel, () => { trial.cancel(); }, { primary: true })
          : press(complete ? said.again : begun ? this.words.run.goOn : said.run, complete ? again : () => { trial.start(); }, { primary: true, able: idle })}
        ${press(said.clear, () => { trial.clear(); }, { able: idle && begun, why: begun ? "" : said.nothingToClear })}
        <span data-testid="experiment-state" data-phase=${phase} data-done=${done} data-models=${models}>${this.state(trial)}</span>
      </div>
      <progress max="1" .value=${trial.fraction} aria-label=${said.progress}></progress>
    `;
  }

  private details(trial: ExperimentRun) {
    const { said } = this;
    const { plan, settings } = trial;
    if (!plan) return nothing;
    return html`<details>
      <summary>${said.details}</summary>
      ${rule(plan.info, trial.summary, this.words)}
      <dl>
        <dt>${said.trained}</dt>
        <dd>${said.each(trial.models, stepsOf(trial))}</dd>
        ${settings.map(({ field, values }) => html`<dt lang="en">${field.name}</dt><dd lang="en">${values.map((value) => shown(value)).join(", ")} <span class="note">${field.help}</span></dd>`)}
      </dl>
      <p class="note">${said.rest}</p>
    </details>`;
  }
}

/** A setting's value, in the crate's language. */
function shown(value: Setting["values"][number]): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

/** For how many steps its models are trained, each number once. */
function stepsOf({ plan }: ExperimentRun): number[] {
  return [...new Set(plan?.jobs.map((job) => job.steps))];
}
