import { html, nothing, type TemplateResult } from "lit";
import { gallery, galleryStyles } from "../charts/gallery";
import type { Chart } from "../engine/pkg/leftright.js";
import { chartsTable, type Table } from "../export/csv";
import { ModelProbe } from "./model-probe";
import type { Run } from "../run/run";
import { alarm } from "../figures/alarm";
import { RunFigure } from "../figures/figure";
import { atRest } from "../run/life";
import { press } from "../figures/press";
import { claimed, rule, verdictStyles } from "./verdict";

/** A figure that asks an experiment's questions of the reader's own model, when the reader asks for it. */
export abstract class ProbeFigure extends RunFigure {
  static override styles = [...RunFigure.styles, verdictStyles, galleryStyles];

  /** What it claims and finds are sentences of the crate's, which are English. */
  protected override get language(): string {
    return "en";
  }

  /** The experiment's name in the crate. */
  protected abstract readonly experiment: string;
  private probe: ModelProbe | null = null;
  private told = "";
  private readonly redraw = () => { this.requestUpdate(); };

  protected override show(run: Run): void {
    super.show(run);
    if (this.probe?.run !== run) {
      this.probe = new ModelProbe(run, this.experiment);
      void this.probe.load();
    }
    this.probe.addEventListener("change", this.redraw);
  }

  protected override leave(): void {
    super.leave();
    this.probe?.removeEventListener("change", this.redraw);
  }

  protected override updated(): void {
    const { probe } = this;
    // Where a reader has no button to press, the answer comes of itself.
    if (!this.pressed && atRest(this.run.phase) && this.run.trained && probe?.info && probe.of?.revision !== this.run.revision) void probe.measure();
    const sentence = probe?.measuring ? "Measuring." : (probe?.summary?.finding ?? "");
    if (sentence === this.told) return;
    this.told = sentence;
    this.announce(sentence);
  }

  protected override measured(): boolean {
    return this.probe?.of != null;
  }

  protected override finding(): string | typeof nothing {
    const { probe, run } = this;
    if (!probe?.info) return nothing;
    const found = probe.summary?.finding ?? "";
    if (found !== "") return found;
    if (probe.of) return "Too little is measured yet for a finding; the pictures fill in part by part.";
    if (!this.pressed) return run.trained ? nothing : "This model is untrained.";
    return run.trained
      ? "Press Measure: what the model says is written here from its numbers."
      : `Your model is untrained: train it ${this.trainedWhere}, then press Measure, and what it says is written here from its numbers.`;
  }

  /** The pictures, with what else belongs in them. */
  protected drawn(charts: Chart[]): Chart[] {
    return charts;
  }

  /** What the button that measures says. */
  protected readonly measures: string = "Measure";

  /** What else can be done with the model, before it is measured. */
  protected operation(): TemplateResult | typeof nothing {
    return nothing;
  }

  override numbers(): Table {
    return chartsTable(this.probe?.summary?.charts ?? []);
  }

  private subject(probe: ModelProbe): string {
    const model = this.run.bundled ? "The model that came with the page" : "Your model";
    return probe.of && !this.run.bundled ? `${model} ${probe.of.name}` : model;
  }

  private state({ measuring, part, parts, of, stale }: ModelProbe): string {
    if (measuring) return parts > 0 ? `${part} of ${parts} parts measured` : "Measuring…";
    if (this.run.phase === "training") return `The model is training: pause it ${this.trainedWhere} to measure it.`;
    if (stale && of) return `These results are of the model ${of.name}, and it has changed since.`;
    if (of && part < parts) return `Stopped after ${part} of ${parts} parts.`;
    return of ? `Measured: the model ${of.name}.` : "Not measured yet.";
  }

  protected override body() {
    const { probe, run } = this;
    if (!probe) return html``;
    const { info, measuring, part, parts, of, notice, again, summary } = probe;
    return html`
      ${info ? claimed(info, summary?.verdict, this.subject(probe)) : nothing} ${this.operation()}
      <div class="row">
        ${measuring
          ? press("Cancel", () => { probe.cancel(); }, { primary: true })
          : press(of ? `${this.measures} again` : this.measures, () => probe.measure(), { primary: true, able: atRest(run.phase) && info !== null })}
        <span data-testid="examination-state" data-part=${part} data-parts=${parts}>${this.state(probe)}</span>
      </div>
      <progress max=${parts || 1} .value=${part} aria-label="Progress of the measurement"></progress>
      ${notice === null ? nothing : alarm(notice, again)}
      ${gallery(this.drawn(summary?.charts ?? []), measuring)}
      ${info ? html`<details><summary>How this is decided</summary>${rule(info, summary)}<p class="note">Decided here by one model, yours; the reproduction’s report has several seeds.</p></details>` : nothing}
    `;
  }
}
