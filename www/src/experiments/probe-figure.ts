import { css, html, nothing, type TemplateResult } from "lit";
import { gallery, galleryStyles } from "../charts/gallery";
import { chartsTable, type Table } from "../export/csv";
import { Examination } from "./model-probe";
import type { Run } from "../run/run";
import { RunFigure } from "../figures/figure";
import { press } from "../figures/press";
import { claimed, verdictStyles } from "./verdict";

/** A figure that asks an experiment's questions of the reader's own model, when the reader asks for it. */
export abstract class ProbeFigure extends RunFigure {
  static override styles = [
    ...RunFigure.styles,
    verdictStyles,
    galleryStyles,
    css`
      .rule {
        max-width: 41rem;
        margin-top: var(--space-2);
      }
    `,
  ];

  /** The experiment's name in the crate. */
  protected abstract readonly experiment: string;
  private examination: Examination | null = null;
  private said = "";
  private readonly redraw = () => { this.requestUpdate(); };

  protected override show(run: Run): void {
    super.show(run);
    if (this.examination?.run !== run) {
      this.examination = new Examination(run, this.experiment);
      void this.examination.load();
    }
    this.examination.addEventListener("change", this.redraw);
  }

  protected override leave(): void {
    super.leave();
    this.examination?.removeEventListener("change", this.redraw);
  }

  protected override updated(): void {
    const { examination } = this;
    // Where a reader has no button to press, the answer comes of itself.
    if (!this.pressed && this.run.phase === "ready" && this.run.trained && examination?.info && examination.of?.revision !== this.run.revision) void examination.measure();
    const sentence = examination?.measuring ? "Measuring." : (examination?.summary?.finding ?? "");
    if (sentence === this.said) return;
    this.said = sentence;
    this.announce(sentence);
  }

  protected override measured(): boolean {
    return this.examination?.of != null;
  }

  protected override finding(): string | typeof nothing {
    const { examination, run } = this;
    if (!examination?.info) return nothing;
    const found = examination.summary?.finding ?? "";
    if (found !== "") return found;
    if (examination.of) return "Too little is measured yet for a finding; the pictures fill in part by part.";
    if (!this.pressed) return run.trained ? nothing : "This model is untrained.";
    return run.trained
      ? "Press Measure: what the model says is written here from its numbers."
      : `Your model is untrained: train it ${this.trainedWhere}, then press Measure, and what it says is written here from its numbers.`;
  }

  /** What else can be done with the model, before it is measured. */
  protected operation(): TemplateResult | typeof nothing {
    return nothing;
  }

  override numbers(): Table {
    return chartsTable(this.examination?.summary?.charts ?? []);
  }

  private subject(examination: Examination): string {
    const model = this.run.shipped ? "The model that came with the page" : "Your model";
    return examination.of && !this.run.shipped ? `${model} ${examination.of.name}` : model;
  }

  private state({ measuring, part, parts, of, stale }: Examination): string {
    if (measuring) return parts > 0 ? `${part} of ${parts} parts measured` : "Measuring…";
    if (this.run.phase === "training") return `The model is training: pause it ${this.trainedWhere} to measure it.`;
    if (stale && of) return `These results are of the model ${of.name}, and it has changed since.`;
    if (of && part < parts) return `Stopped after ${part} of ${parts} parts.`;
    return of ? `Measured: the model ${of.name}.` : "Not measured yet.";
  }

  protected override body() {
    const { examination, run } = this;
    if (!examination) return html``;
    const { info, measuring, part, parts, of, notice, summary } = examination;
    return html`
      ${info ? claimed(info, summary?.verdict, this.subject(examination)) : nothing} ${this.operation()}
      <div class="row">
        ${measuring
          ? press("Cancel", () => { examination.cancel(); }, { primary: true })
          : press(of ? "Measure again" : "Measure", () => examination.measure(), { primary: true, able: run.phase === "ready" && info !== null })}
        <span data-testid="examination-state" data-part=${part} data-parts=${parts}>${this.state(examination)}</span>
      </div>
      <progress max=${parts || 1} .value=${part} aria-label="Progress of the measurement"></progress>
      ${notice === null ? nothing : html`<p class="alarm" role="alert">${notice}</p>`}
      ${gallery(summary?.charts ?? [], measuring)}
      ${info ? html`<details><summary>How this is decided</summary><p class="rule">${info.rule}</p><p class="note">Decided here by one model, yours; the reproduction’s report has several seeds.</p></details>` : nothing}
    `;
  }
}
