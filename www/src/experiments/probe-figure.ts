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
import { experimentWords } from "../words/en-experiments";
import type { Claimed } from "./table";
import { claimed, crateSays, rule, verdictStyles } from "./verdict";

/** A figure that asks an experiment's questions of the reader's own model, when the reader asks for it. */
export abstract class ProbeFigure extends RunFigure {
  static override styles = [...RunFigure.styles, verdictStyles, galleryStyles];

  /** The experiment's name in the crate. */
  protected abstract readonly experiment: Claimed;
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
    const { probe } = this;
    probe?.removeEventListener("change", this.redraw);
    // A figure that is only moved goes on.
    setTimeout(() => { if (!this.isConnected || this.probe !== probe) probe?.cancel(); });
  }

  protected override updated(): void {
    const { probe } = this;
    // Where a reader has no button to press, the answer comes of itself.
    if (!this.pressed && atRest(this.run.phase) && this.run.trained && probe?.info && probe.of?.revision !== this.run.revision) void probe.measure();
    const found = probe?.summary?.finding ?? "";
    const sentence = probe?.measuring ? this.said.announced : found;
    if (sentence === this.told) return;
    this.told = sentence;
    this.announce(probe?.measuring ? sentence : crateSays(found));
  }

  protected override measured(): boolean {
    return this.probe?.of != null;
  }

  protected override finding(): string | TemplateResult | typeof nothing {
    const { probe, run, said } = this;
    if (!probe?.info) return nothing;
    const found = probe.summary?.finding ?? "";
    if (found !== "") return crateSays(found);
    if (probe.of) return said.tooLittle;
    if (!this.pressed) return run.trained ? nothing : said.untrained;
    return run.trained ? said.press : said.trainFirst(this.trainedFurtherUp);
  }

  protected override get heading(): string {
    return experimentWords(this.words).headings[this.experiment];
  }

  private get said() {
    return experimentWords(this.words).probe;
  }

  /** The pictures, with what else belongs in them. */
  protected drawn(charts: Chart[]): Chart[] {
    return charts;
  }

  /** What the button that measures says. */
  protected get measures(): string {
    return this.said.measure;
  }

  /** What else can be done with the model, before it is measured. */
  protected operation(): TemplateResult | typeof nothing {
    return nothing;
  }

  override numbers(): Table {
    return chartsTable(this.probe?.summary?.charts ?? []);
  }

  private subject(probe: ModelProbe): string {
    const { said } = this;
    if (this.run.bundled) return said.shipped;
    return probe.of ? `${said.yours} ${said.at(probe.of.file, probe.of.step)}` : said.yours;
  }

  private state({ measuring, part, parts, complete, of, stale }: ModelProbe): string {
    const { said } = this;
    if (measuring) return parts > 0 ? said.parts(part, parts) : said.measuring;
    if (this.run.phase === "training") return said.pauseFirst(this.trainedFurtherUp);
    if (!of) return said.notYet;
    const at = said.at(of.file, of.step);
    if (stale) return said.stale(at);
    return complete ? said.measured(at) : said.stopped(part, parts);
  }

  protected override body() {
    const { probe, run, said, words } = this;
    if (!probe) return html``;
    const { info, measuring, part, parts, complete, of, notice, again, summary } = probe;
    return html`
      ${info ? claimed(info, complete ? summary?.verdict : undefined, this.subject(probe), words) : nothing} ${this.operation()}
      <div class="row">
        ${measuring
          ? press(experimentWords(words).cancel, () => { probe.cancel(); }, { primary: true })
          : press(of ? said.again(this.measures) : this.measures, () => probe.measure(), { primary: true, able: atRest(run.phase) && info !== null })}
        <span data-testid="examination-state" data-part=${part} data-parts=${parts}>${this.state(probe)}</span>
      </div>
      <progress max=${parts || 1} .value=${part} aria-label=${said.progress}></progress>
      ${notice === null ? nothing : alarm(notice, again, words)}
      ${gallery(this.drawn(summary?.charts ?? []), measuring)}
      ${info ? html`<details><summary>${said.details}</summary>${rule(info, complete ? summary : null, words)}<p class="note">${said.oneModel}</p></details>` : nothing}
    `;
  }
}
