import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Table } from "../export/csv";
import { embedMenu } from "../embed/code";
import { Embeddable } from "../embed/embeddable";
import { host } from "../embed/host";
import { count, typeset } from "../util/format";
import type { LatestAnswer } from "../util/latest-answer";
import type { Run } from "../run/run";
import { hold, letGo, sharedRun } from "../run/registry";
import { figureStyles } from "../style/figure";
import { keepMenu, keepStyles, provenanceOf, type Keepsake, type Kept, type Provenance } from "../export/menu";

/**
 * What every figure is: a number, a title, a finding written from numbers, and a body. It is of the page's own run, if it is
 * given no other before it is connected; in a host's page, of the run that its attributes ask for.
 */
export abstract class Figure extends Embeddable implements Kept {
  static override styles = [figureStyles, keepStyles];

  @property({ attribute: false }) run!: Run;
  /** How its run is called, where a page shows several: “Run B”. */
  @property({ attribute: false }) runName: string | null = null;
  @state() private announcement = "";

  protected abstract readonly heading: string;
  protected abstract finding(): string | typeof nothing;
  protected abstract body(): TemplateResult;
  abstract numbers(): Table;
  abstract provenance(): Provenance;

  keepsakes(): Keepsake[] {
    return [];
  }

  /** Whether a reader has buttons to press. */
  protected get pressed(): boolean {
    return this.controls !== "none";
  }

  /** Whether there is anything of this machine's to show. */
  protected measured(): boolean {
    return true;
  }

  /** Says a sentence to a screen reader: for answers to what the reader did, never for what merely moves. */
  protected announce(sentence: string): void {
    this.announcement = `${this.ofRun}${sentence}`;
  }

  /** Which of a model's past states is shown, where it is not the latest. */
  protected moment(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** A way to train the model, where there is no Figure 1 for it. */
  protected trainer(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** Where a model is trained, in words. */
  protected get trainedWhere(): string {
    return host() || this.runName !== null ? "above" : "in Figure 1";
  }

  /** What tells it from the same figure of another run. */
  private get ofRun(): string {
    return this.runName === null ? "" : `${this.runName}: `;
  }

  private readonly follow = (): void => {
    this.runChanged();
    host()?.tell(this, this.run);
  };

  /** A change of its run, which comes many times a second in training: only what shows the model is redrawn. */
  protected runChanged(): void {
    // An experiment's figure shows models of its own.
  }

  /** Takes a run up, in the place of the one before, which was left. */
  protected show(run: Run): void {
    this.run = run;
    hold(run);
    run.addEventListener("change", this.follow);
  }

  protected leave(): void {
    this.run.removeEventListener("change", this.follow);
    letGo(this.run);
  }

  override connectedCallback(): void {
    const given = this.run as Run | undefined;
    this.show(host()?.runFor(this) ?? (given && !given.closed ? given : sharedRun()));
    super.connectedCallback();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leave();
  }

  override attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    super.attributeChangedCallback(name, before, after);
    if (before === after || !this.isConnected || !this.hasUpdated) return;
    const asked = host()?.runFor(this) ?? this.run;
    if (asked === this.run) return;
    this.leave();
    this.show(asked);
  }

  override render() {
    const problems = host()?.problems(this) ?? [];
    const finding = this.finding();
    // Until it has anything of its own to show, the report's picture, which the page has in its place where there is no script.
    const reported = !this.measured() && this.childElementCount > 0;
    return html`<figure aria-labelledby="heading" part="figure" class=${reported ? "unmeasured" : nothing}>
      ${this.number === null ? nothing : html`<p class="number" part="number">Figure ${this.number}</p>`}
      <h2 id="heading" part="heading">${this.ofRun}${this.heading}</h2>
      <p class="finding" part="finding" data-testid="finding">${typeof finding === "string" ? typeset(finding) : finding}</p>
      ${problems.map((problem) => html`<p class="alarm" part="message" role="alert">${problem}</p>`)}
      ${this.trainer()} ${this.moment()} ${this.body()} ${reported ? html`<slot></slot>` : nothing}
      <div class="menus" part="controls">${keepMenu(this)} ${host() ? nothing : embedMenu(this, this.run)}</div>
      <p class="visually-hidden" role="status">${this.announcement}</p>
    </figure>`;
  }
}

/** A figure that shows the run's model, redrawn as that changes. */
export abstract class RunFigure extends Figure {
  private onScreen = false;

  private readonly sight = new IntersectionObserver(
    (entries) => {
      this.onScreen = entries.at(-1)?.isIntersecting ?? false;
      this.requestUpdate();
    },
    { rootMargin: "200px" },
  );

  /** Whether to ask the engine now: for a first answer, so that the page does not move later; for more only in sight. */
  protected wantsAnswer(answer: LatestAnswer<unknown>): boolean {
    const { phase } = this.run;
    return (phase === "ready" || phase === "training") && (this.onScreen || answer.value === null);
  }

  protected override runChanged(): void {
    this.requestUpdate();
  }

  override provenance(): Provenance {
    return provenanceOf(this.run);
  }

  protected override moment() {
    const { run } = this;
    if (run.shown === null) return nothing;
    return html`<p class="note" data-testid="moment">
      As the model was at step ${count(run.shown)}.
      <button class="link" @click=${() => run.show(null)}>Show the latest, step ${count(run.step)}</button>
    </p>`;
  }

  protected override trainer() {
    return host()?.trainer(this.run, this.pressed) ?? nothing;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sight.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sight.disconnect();
  }
}
