import { html, nothing, svg } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "../charts/accuracy-track";
import "../figures/lr-strip";
import { columnName, columns } from "../charts/columns";
import type { Table } from "../export/csv";
import { verdict } from "../figures/both-ways";
import { CutControls, cutStyles } from "../figures/cut-controls";
import { RunFigure } from "../figures/figure";
import { brokenFinding } from "../figures/findings";
import type { StripMove } from "../figures/lr-strip";
import { press } from "../figures/press";
import { runState } from "../figures/run-status";
import { engineLine, timeMachine, trainButtons, trainTrouble } from "../figures/train-controls";
import { ablationsOf, stripOf, exchange, type Cut, type Placed, type Views } from "../run/views";
import { same } from "../util/same";
import { percent, signed } from "../util/format";
import { en } from "../words/en";
import { captionBars, captionStyles } from "./captions";
import { cockpitFinding } from "./finding";
import { headRows, headStyles } from "./heads";
import { ShippedPast } from "./history";
import { sightOf, type Scores, type Sight } from "./sight";
import { cockpitStyles } from "./styles";
import { timeLine, timeLineStyles } from "./time-line";

/** Where it stands beside the text, in one; on a narrower window it comes in steps, between the paragraphs. */
const BESIDE = matchMedia("(min-width: 70rem)");

/** Where a reader wants no motion. */
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** The slope, in logits per pixel, at the top of the time line. */
const FULL_SLOPE = 3.5;

type Part = "strip" | "heads" | "steepest" | "captions" | "scores" | "terms" | "train" | "time";

/** The model at work, in one view: a strip becomes an answer, and everything that a reader can do to the model on the way. */
@customElement("lr-cockpit")
export class LrCockpit extends RunFigure {
  static override styles = [...RunFigure.styles, cutStyles, headStyles, captionStyles, timeLineStyles, cockpitStyles];

  /** Which parts it has; without it, all. */
  @property() parts: string | null = null;
  @property() override readonly heading: string = "The model at work";
  /** Which step of the figure it is, on a window that has no room for the whole: the 2a of “Figure 2a”. */
  @property() figure: string | null = null;
  /** What the text speaks of, as `shows.ts` reads it. */
  @property({ attribute: "data-lit" }) lit: string | null = null;
  /** The pixel that is pointed at, from 0. */
  @state() private pixel: number | null = null;

  protected override readonly turnsTime = true;
  private readonly sights = this.question<{ placed: Placed; cut: Cut; sights: [Sight, Sight] }>();
  private readonly scores = this.question<{ cut: Cut; before: Scores; after: Scores }>();
  private readonly cutting = new CutControls(() => this.run, () => { this.cut(); }, () => en, () => this.past?.shownCut(this.run.views.cut) ?? null);
  /** Whether the reader has just changed something, of which a screen reader is told. */
  private acted = false;
  private told = "";
  private readonly redraw = () => { this.requestUpdate(); };

  protected override get numbered(): string | null {
    return this.figure ?? super.numbered;
  }

  private has(part: Part): boolean {
    return this.parts === null ? part !== "steepest" : this.parts.split(" ").includes(part);
  }

  /** Whether it is the one that this window shows. */
  private get active(): boolean {
    return (this.parts === null) === BESIDE.matches;
  }

  /** A cut that the past has no record of is seen on the model as it is now. */
  private cut(): void {
    this.acted = true;
    const { moments, views } = this.run;
    if (this.past && !this.past.has(views.cut)) void moments.to(moments.steps.length - 1);
  }

  private get past(): ShippedPast | null {
    return this.run.past instanceof ShippedPast ? this.run.past : null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    BESIDE.addEventListener("change", this.redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    BESIDE.removeEventListener("change", this.redraw);
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const { run, past } = this;
    const { current, views, evaluation } = run;
    if (!this.active || !current || past) return;
    const { placed, cut } = views;
    const sight = async (of: Placed) => sightOf(await run.decompose({ strip: stripOf(of, current.config.pixels) }, cut));
    if (this.wantsAnswer(this.sights)) {
      this.sights.ask([run, run.revision, placed, cut], async () => ({ placed, cut, sights: await Promise.all([sight(placed), sight(exchange(placed))]) }));
    }
    if (!evaluation || !this.wantsAnswer(this.scores)) return;
    this.scores.ask([evaluation, cut], async () => {
      const { unseen } = evaluation.accuracies;
      return { cut, before: unseen, after: cut.terms.length === 0 ? unseen : (await run.ablate(ablationsOf(cut))).after.unseen };
    });
  }

  protected override updated(): void {
    if (!this.active) return;
    const { phase } = this.run;
    const stated = phase === "training" ? "Training." : runState(this.run, this.pressed);
    if (this.has("train") && stated !== this.told && phase !== "loading") {
      if (this.told !== "") this.announce(stated);
      this.told = stated;
    }
    const { sights } = this.shown;
    if (!this.acted || !sights || !this.answered) return;
    this.acted = false;
    const finding = this.finding();
    const said = sights[0].captions.length === 0 ? "" : verdict({ strip: sights[0], exchanged: sights[1] });
    this.announce(`${typeof finding === "string" ? finding : ""} ${said}`.trim());
  }

  /** Whether what is shown is of the strip and the cut that the reader sees; the past has its answers at hand. */
  private get answered(): boolean {
    const { cut, placed } = this.run.views;
    return this.past !== null || (same([this.sights.value?.cut, this.sights.value?.placed], [cut, placed]) && same(this.scores.value?.cut, cut));
  }

  /** What is shown: of the model's past, or what it answers now; sights are of the strip and cut that they were asked for. */
  private get shown(): { placed: Placed; cut: Cut; sights: [Sight, Sight] | null; seen: Pick<Views, "placed" | "cut">; before: Scores | null; after: Scores | null } {
    const { past, run } = this;
    const { placed, cut } = run.views;
    if (past) {
      const seen = { placed: past.shownStrip(placed), cut: past.shownCut(cut) };
      return { ...seen, seen, sights: past.sights(placed, cut), before: past.evaluation.accuracies.unseen, after: past.scores(cut) };
    }
    const { sights, scores } = this;
    return { placed, cut: scores.value?.cut ?? cut, sights: sights.value?.sights ?? null, seen: sights.value ?? { placed, cut }, before: scores.value?.before ?? null, after: scores.value?.after ?? null };
  }

  protected override finding() {
    const { cut, after } = this.shown;
    const { run, past } = this;
    if (!after) return nothing;
    const broken = run.evaluation && brokenFinding(run.evaluation.accuracies);
    if (broken) return broken;
    const step = past?.evaluation.step ?? run.shown;
    return cockpitFinding(after, cut, past ? past.evaluation.step > 0 : run.trained, step);
  }

  override numbers(): Table {
    const rows = this.shown.sights?.[0].heads.flatMap(({ ep, attention }, head) => [[head, "EP", ...ep], [head, "attention", ...attention]]) ?? [];
    return { columns: ["head", "row", ...Array.from({ length: (rows[0]?.length ?? 2) - 2 }, (_, token) => columnName(token))], rows };
  }

  protected override menus(): typeof nothing {
    return nothing;
  }

  /** Said beside the time line. */
  protected override moment(): typeof nothing {
    return nothing;
  }

  protected override trainer(): typeof nothing {
    return nothing;
  }

  /** Of what the run could not do it tells beside its buttons. */
  protected override failures(): unknown {
    return this.has("train") && this.run.phase === "failed" ? nothing : super.failures();
  }

  override render() {
    return this.active ? super.render() : html``;
  }

  protected override body() {
    const shown = this.shown;
    const left = this.has("strip") || this.has("heads") || this.has("steepest") || this.has("time");
    const right = this.has("captions") || this.has("scores") || this.has("terms") || this.has("train");
    return html`${this.following()}
      <div class="parts">
        ${left ? html`<div>${this.columns(shown.placed, shown.seen, shown.sights?.[0] ?? null)} ${this.time()}</div>` : nothing}
        ${right ? html`<div>${this.captions(shown.sights)} ${this.scoreTracks(shown)} ${this.terms()} ${this.training()}</div>` : nothing}
      </div>`;
  }

  /** Strip and heads stand in the same columns, so that a pixel is lit in all of them at once. */
  private columns(placed: Placed, seen: Pick<Views, "placed" | "cut">, sight: Sight | null) {
    const { left, width } = columns(this.pixels + 1);
    const { pixel } = this;
    const lit = pixel === null ? litPixels(this.lit) : [pixel];
    const strength = seen.cut.terms.includes("EP") ? seen.cut.strength : 1;
    const unlit = () => { this.pixel = null; };
    const band = (at: number) => svg`<rect data-testid="band" x=${`${left(at + 1)}%`} width=${`${width}%`} height="100%" rx="2"></rect>`;
    return html`<div
      class="columns"
      @pointermove=${(event: PointerEvent) => { this.point(event); }} @pointerleave=${unlit}
      @focusin=${(event: Event) => { this.focusOn(event); }} @focusout=${unlit}
    >
      <svg class="band" aria-hidden="true">${lit.map(band)}</svg>
      ${this.has("strip") ? this.stripOf(placed) : nothing}
      <div
        class=${`heads part part-heads ${this.has("heads") ? "" : "one"}`} tabindex="0" role="application" aria-roledescription="chart"
        aria-label="The heads, pixel by pixel. Arrow keys read the values." @keydown=${(event: KeyboardEvent) => { this.read(event); }}
      >
        ${sight ? headRows(sight, seen.placed, strength, pixel, this.has("heads") ? "all" : "steepest") : nothing}
      </div>
    </div>`;
  }

  private get pixels(): number {
    return this.run.current?.config.pixels ?? 10;
  }

  private point(event: PointerEvent): void {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    const column = Math.floor(((event.clientX - left) / width) * (this.pixels + 2)) - 2;
    this.pixel = column >= 0 && column < this.pixels ? column : null;
  }

  /** An object of the strip that has the focus lights its pixel. */
  private focusOn(event: Event): void {
    const [target] = event.composedPath();
    const at = target instanceof Element ? Number(target.getAttribute("aria-valuenow") ?? NaN) : NaN;
    if (Number.isFinite(at)) this.pixel = at - 1;
  }

  private read(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.pixel = Math.min(Math.max((this.pixel ?? (step > 0 ? -1 : this.pixels)) + step, 0), this.pixels - 1);
    const token = this.pixel + 1;
    const heads = this.shown.sights?.[0].heads ?? [];
    const said = heads.map(({ ep, attention }, head) => `head ${head}, EP ${signed(ep[token] ?? 0, 1)}, attention ${percent(attention[token] ?? 0)}`);
    this.announce(`Pixel ${token}: ${said.join("; ")}.`);
  }

  private stripOf(placed: Placed) {
    const { past } = this;
    return html`<div class="part part-strip">
      <lr-strip
        aligned ?fixed=${past !== null || !this.pressed} .labels=${placed.labels} .positions=${placed.positions} .pixels=${this.pixels}
        @lr-move=${(event: StripMove) => { this.move(event.detail); }}
      ></lr-strip>
      <p class="note moves">
        <span>${past ? "The past is recorded for this strip and its exchange, with EP, without it and reversed." : "Drag an object, or use the arrow keys."}</span>
        <button class="link" @click=${() => { this.move({ positions: exchange(placed).positions, continued: false }); }}>Exchange the two</button>
      </p>
    </div>`;
  }

  private move({ positions, continued }: StripMove["detail"]): void {
    this.acted = true;
    this.run.look({ placed: { ...this.shown.placed, positions } }, continued);
    if (this.pixel !== null) this.pixel = null;
  }

  private captions(sights: [Sight, Sight] | null) {
    return this.has("captions") ? html`<div class="part part-captions">${sights ? captionBars(sights) : html`<div class="answers"></div>`}</div>` : nothing;
  }

  private scoreTracks({ cut, before, after }: { cut: Cut; before: Scores | null; after: Scores | null }) {
    if (!this.has("scores")) return nothing;
    const row = (label: string, name: keyof Scores, chance: number | null) => {
      const [from, to] = [before?.[name] ?? null, after?.[name] ?? null];
      return html`<span>${label}</span>
        <span>${from === null || to === null ? nothing : html`<lr-accuracy-track .from=${from} .to=${to} .chance=${chance}></lr-accuracy-track>`}</span>
        <b data-testid=${`unseen-${name}`} data-before=${from ?? nothing} data-after=${to ?? nothing} data-cut=${cut.terms.join()}>${percent(to)}</b>`;
    };
    return html`<div class="part part-scores scores">
      <span><b>On all new pairs</b> <span class="note">○ whole model, ● now</span></span>
      ${row("names both", "recognition", null)} ${row("right order", "order", 0.5)}
    </div>`;
  }

  private terms() {
    return this.has("terms") ? html`<div class="part part-terms terms" part="controls">${this.cutting.chips(false)} ${this.cutting.slider()} ${this.cutting.clear()}</div>` : nothing;
  }

  private training() {
    if (!this.has("train")) return nothing;
    const { run } = this;
    return html`<div class="part part-train">
      <div class="row">${trainButtons(run, this.pressed, false)}</div>
      <progress max=${run.target} .value=${run.step} aria-label="Training progress"></progress>
      ${trainTrouble(run)} ${run.bundled ? nothing : engineLine(run)}
    </div>`;
  }

  private time() {
    if (!this.has("time")) return nothing;
    const { run, past } = this;
    const { moments } = run;
    const label = moments.playing ? "Stop" : STILL.matches ? "Next" : "Play";
    return html`<div class="part part-time time" part="controls">
      ${timeLine(run.evaluations, past?.evaluation ?? run.evaluation, Math.max(run.target, run.step), FULL_SLOPE)}
      <div class="row">
        ${timeMachine(moments)}
        ${press(label, () => this.play(), { able: moments.steps.length > 1, why: "Nothing is recorded yet." })}
      </div>
    </div>`;
  }

  /** Where motion is not wanted, one moment a press. */
  private async play(): Promise<void> {
    const { moments } = this.run;
    if (moments.playing) moments.stop();
    else await (STILL.matches ? moments.to(moments.next) : moments.play());
  }

  private following() {
    const follow = () => this.dispatchEvent(new CustomEvent("lr-follow-text", { bubbles: true, composed: true }));
    return html`<p class="follow">
      ${this.parts === null ? html`<span class="following">This view follows the text as you scroll; whatever you set by hand stays.</span>` : nothing}
      <span class="by-hand">You have set this by hand. <button class="link" @click=${follow}>Follow the text</button></span>
    </p>`;
  }
}

/** The pixels that the text lights, from 0. */
function litPixels(lit: string | null): number[] {
  return [...(lit ?? "").matchAll(/\bpixel-(\d+)\b/g)].map(([, pixel]) => Number(pixel) - 1);
}
