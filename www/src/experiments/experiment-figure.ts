import { css, html, nothing } from "lit";
import { gallery, galleryStyles } from "../charts/gallery";
import { measurementsTable, type Table } from "../export/csv";
import { ExperimentRun, type Setting } from "./experiment-run";
import { count, duration } from "../util/format";
import type { Run } from "../run/run";
import { host } from "../embed/host";
import { alarm } from "../figures/alarm";
import { Figure } from "../figures/figure";
import type { Provenance } from "../export/menu";
import { press } from "../figures/press";
import { claimed, rule, verdictStyles } from "./verdict";

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

  /** What it claims and finds are sentences of the crate's, which are English. */
  protected override get language(): string {
    return "en";
  }

  /** The experiment's name in the crate. */
  protected abstract readonly experiment: string;
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
    const sentence = trial?.phase === "running" ? "Training." : trial && trial.done > 0 ? `${this.state(trial)} ${this.found()}` : "";
    if (sentence === this.told) return;
    this.told = sentence;
    this.announce(sentence);
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
    return { name: `${done}-of-${models}`, words: `${done} of ${models} models measured` };
  }

  /** What the models trained here say so far, in a sentence; empty before they do. */
  found(): string {
    return this.trial?.summary?.finding ?? "";
  }

  protected override finding() {
    const { trial } = this;
    if (!trial?.plan) return "";
    const found = this.found();
    if (found !== "") return found;
    if (trial.phase === "running" && trial.measurements.length === 0) return "Nothing is measured yet; the pictures fill in as the models are measured.";
    const those = trial.models === 1 ? "the model" : `the ${trial.models} models`;
    return trial.measurements.length > 0
      ? "Too little is measured yet for a finding; the pictures fill in as the models are measured."
      : `Not measured on this machine yet.${this.pressed ? ` Press Run: what is found is written here from ${those} that you train.` : ""}`;
  }

  private state(trial: ExperimentRun): string {
    const { phase, models, done, remaining } = trial;
    if (phase === "loading") return "Preparing…";
    if (phase === "failed") return "This experiment cannot be run here.";
    if (phase === "running") return `${done} of ${models} models measured${remaining === null ? "" : `, ${duration(remaining)} left`}`;
    if (done === models) return `All ${models} models measured.`;
    if (trial.measurements.length > 0) return `Stopped with ${done} of ${models} models measured.`;
    return `${models} models, ${this.steps(trial)}.`;
  }

  private steps({ plan }: ExperimentRun): string {
    const steps = [...new Set(plan?.jobs.map((job) => job.steps))];
    return `${steps.map(count).join(" or ")} steps each`;
  }

  protected override body() {
    const { trial } = this;
    if (!trial) return html``;
    const { phase, plan, summary, errors, again } = trial;
    return html`
      ${plan ? claimed(plan.info, summary?.verdict, "The models trained here") : nothing} ${this.buttons(trial)}
      ${errors.map((error) => alarm(error, again))}
      ${gallery(summary?.charts ?? [], phase === "running", this.oneAtATime)}
      ${plan ? this.details(trial) : nothing}
    `;
  }

  private buttons(trial: ExperimentRun) {
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
          ? press("Cancel", () => { trial.cancel(); }, { primary: true })
          : press(complete ? "Run again" : begun ? "Go on" : "Run", complete ? again : () => { trial.start(); }, { primary: true, able: idle })}
        ${press("Clear results", () => { trial.clear(); }, { able: idle && begun, why: begun ? "" : "There are no results to clear." })}
        <span data-testid="experiment-state" data-phase=${phase} data-done=${done} data-models=${models}>${this.state(trial)}</span>
      </div>
      <progress max="1" .value=${trial.fraction} aria-label="Progress of the experiment"></progress>
    `;
  }

  private details(trial: ExperimentRun) {
    const { plan, settings } = trial;
    if (!plan) return nothing;
    return html`<details>
      <summary>How this is decided, and what is trained</summary>
      ${rule(plan.info, trial.summary)}
      <dl>
        <dt>models</dt>
        <dd>${trial.models}, ${this.steps(trial)}</dd>
        ${settings.map(({ field, values }) => html`<dt>${field.name}</dt><dd>${values.map((value) => shown(value)).join(", ")} <span class="note">${field.help}</span></dd>`)}
      </dl>
      <p class="note">Every other setting is the paper’s. On the CPU the models train side by side.</p>
    </details>`;
  }
}

function shown(value: Setting["values"][number]): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}
