import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Table } from "../export/csv";
import { embedMenu } from "../embed/code";
import { Embeddable } from "../embed/embeddable";
import { host } from "../embed/host";
import { engineError, sentence } from "../engine/errors";
import { answers, type Phase } from "../run/life";
import { typeset } from "../util/text";
import { KeepsPlace } from "../util/keeps-place";
import { LatestAnswer } from "../util/latest-answer";
import { alarm } from "./alarm";
import type { Run } from "../run/run";
import { hold, letGo, sharedRun } from "../run/registry";
import type { Views } from "../run/views";
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
  @state() private announcement: unknown = "";
  protected readonly place = new KeepsPlace(this, "#heading");

  protected abstract readonly heading: string;
  protected abstract finding(): string | TemplateResult | typeof nothing;
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
  protected announce(sentence: string | TemplateResult): void {
    this.announcement = this.ofRun === "" ? sentence : html`${this.ofRun}${sentence}`;
  }

  /** What can be taken home. */
  protected menus(): TemplateResult | typeof nothing {
    return html`<div class="menus" part="controls">${keepMenu(this)} ${host() ? nothing : embedMenu(this, this.run)}</div>`;
  }

  /** Which of a model's past states is shown, where it is not the latest. */
  protected moment(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** A way to train the model, where the cockpit does not stand for it. */
  protected trainer(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** What could not be shown here, and why. */
  protected failures(): unknown {
    return nothing;
  }

  /** Whether its model is trained further up, as in the article, and not right above. */
  protected get trainedFurtherUp(): boolean {
    return host() === null && this.runName === null;
  }

  /** The 3 of “Figure 3”. */
  protected get numbered(): string | null {
    return this.number === null ? null : String(this.number);
  }

  /** What tells it from the same figure of another run. */
  private get ofRun(): string {
    return this.runName === null ? "" : `${this.runName}: `;
  }

  private readonly follow = (): void => {
    this.runChanged();
    host()?.tell(this, this.run);
  };
  /** The run that it follows, while it is on the page. */
  private followed: Run | null = null;

  /** Looks at something else in the model at hand. */
  look(at: Partial<Views>): void {
    void this.run.lookAt(at);
  }

  /** A change of its run, which comes many times a second in training: only what shows the model is redrawn. */
  protected runChanged(): void {
    // An experiment's figure shows models of its own.
  }

  /** Takes a run up, in the place of the one before, which was left. */
  protected show(run: Run): void {
    this.run = run;
    this.followed = run;
    hold(run);
    run.addEventListener("change", this.follow);
    // A run that others show already may not change for long.
    queueMicrotask(() => { if (this.followed === run) host()?.tell(this, run); });
  }

  protected leave(): void {
    this.followed = null;
    this.run.removeEventListener("change", this.follow);
    letGo(this.run);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.followed) this.leave();
  }

  protected override shouldUpdate(): boolean {
    return this.isConnected;
  }

  /** Before the first rendering, and not sooner, all is known that a page has said of the figure. */
  protected override willUpdate(): void {
    const given = this.run as Run | undefined;
    const asked = host()?.runFor(this) ?? (given && !given.closed ? given : sharedRun());
    if (asked === this.followed) return;
    if (this.followed) this.leave();
    this.show(asked);
  }

  override render() {
    const { words } = this;
    const problems = host()?.problems(this) ?? [];
    const finding = this.finding();
    // Until it has anything of its own to show, the report's picture, which the page has in its place where there is no script.
    const reported = !this.measured() && this.childElementCount > 0;
    return html`<figure lang=${words.language} aria-labelledby="heading" part="figure" class=${reported ? "unmeasured" : nothing}>
      ${this.numbered === null ? nothing : html`<p class="number" part="number">${words.figure.number(this.numbered)}</p>`}
      <h2 id="heading" part="heading">${this.ofRun}${this.heading}</h2>
      <p class="finding" part="finding" data-testid="finding">${typeof finding === "string" ? typeset(finding) : finding}</p>
      ${problems.map((problem) => html`<p class="alarm" part="message" role="alert">${problem}</p>`)} ${this.failures()}
      ${reported ? html`<slot></slot>` : nothing} ${this.trainer()} ${this.moment()} ${this.body()}
      ${this.menus()}
      <p class="visually-hidden" role="status">${this.announcement}</p>
    </figure>`;
  }
}

/** A figure that shows the run's model, redrawn as that changes. */
export abstract class RunFigure extends Figure {
  private onScreen = false;
  /** Whether it has a time machine, which follows the hand of the run's moments. */
  protected readonly turnsTime: boolean = false;
  private readonly turned = () => { this.requestUpdate(); };
  private readonly questions: LatestAnswer<unknown>[] = [];
  /** The run's, when it last changed. */
  private phase: Phase = "empty";

  private readonly sight = new IntersectionObserver((entries) => {
    this.onScreen = entries.at(-1)?.isIntersecting ?? false;
    if (this.onScreen) this.requestUpdate();
  });

  /** Something that is asked of the engine as the model, or what is looked at, changes. */
  protected question<T>(): LatestAnswer<T> {
    const question = new LatestAnswer<T>(() => { this.requestUpdate(); });
    this.questions.push(question);
    return question;
  }

  /** Whether to ask the engine now: for a first answer, so that the page does not move later; for more only in sight. */
  protected wantsAnswer(answer: LatestAnswer<unknown>): boolean {
    return answers(this.run.phase) && (this.onScreen || answer.value === null);
  }

  /** Out of sight, what merely moves waits until it is seen. A run that has come back is asked again what it left open. */
  protected override runChanged(): void {
    const { phase } = this.run;
    if (answers(phase) && !answers(this.phase)) for (const question of this.questions) if (question.error) question.again();
    if (this.onScreen || phase !== "training" || phase !== this.phase) this.requestUpdate();
    this.phase = phase;
  }

  protected override show(run: Run): void {
    super.show(run);
    if (this.turnsTime) run.addEventListener("moment", this.turned);
  }

  protected override leave(): void {
    this.run.removeEventListener("moment", this.turned);
    super.leave();
  }

  override provenance(): Provenance {
    return provenanceOf(this.run, this.words);
  }

  /** A question that failed says so here; of a dead engine the run tells, where no button to train does. */
  protected override failures(): unknown {
    const { run, words } = this;
    const failed = this.questions.flatMap((question) => {
      const error = question.error && engineError(question.error);
      // A run that goes on asks again by itself.
      if (!error || error.code === "crash" || error.code === "closed" || !answers(run.phase)) return [];
      return [alarm(sentence(error), () => { question.again(); }, words, words.figure.notComputed)];
    });
    const lost = run.phase === "failed" && this.trainer() === nothing && run.error !== null;
    return lost ? alarm(run.error ?? "", run.again, words) : failed;
  }

  protected override moment(): TemplateResult | typeof nothing {
    const { run, words } = this;
    if (run.shown === null) return nothing;
    return html`<p class="note" data-testid="moment">
      ${words.figure.atStep(run.shown)}
      <button class="link" @click=${() => run.show(null)}>${words.figure.latest(run.step)}</button>
    </p>`;
  }

  protected override trainer(): TemplateResult | typeof nothing {
    return host()?.trainer(this.run, this.pressed, this.words) ?? nothing;
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
