import { LitElement, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Table } from "../csv";
import { count } from "../format";
import type { Latest } from "../latest";
import type { Run } from "../run";
import { hold, letGo, sharedRun } from "../runs";
import { figureStyles } from "../style/figure";
import { keepMenu, keepStyles, provenanceOf, type Keepsake, type Kept, type Provenance } from "./keep";

/** What every figure is: a number, a title, a finding written from numbers, and a body. */
export abstract class Figure extends LitElement implements Kept {
  static override styles = [figureStyles, keepStyles];

  @property({ type: Number }) number = 0;
  @state() private announcement = "";

  protected abstract readonly heading: string;
  protected abstract finding(): string | typeof nothing;
  protected abstract body(): TemplateResult;
  abstract numbers(): Table;
  abstract provenance(): Provenance;

  keepsakes(): Keepsake[] {
    return [];
  }

  /** Says a sentence to a screen reader: for answers to what the reader did, never for what merely moves. */
  protected announce(sentence: string): void {
    this.announcement = sentence;
  }

  /** Which of a model's past states is shown, where it is not the latest. */
  protected moment(): TemplateResult | typeof nothing {
    return nothing;
  }

  override render() {
    return html`<figure aria-labelledby="heading">
      ${this.number === 0 ? nothing : html`<p class="number">Figure ${this.number}</p>`}
      <h2 id="heading">${this.heading}</h2>
      <p class="finding" data-testid="finding">${this.finding()}</p>
      ${this.moment()} ${this.body()} ${keepMenu(this)}
      <p class="visually-hidden" role="status">${this.announcement}</p>
    </figure>`;
  }
}

/** A figure of a run, redrawn as that changes: of the page's own, if it is given no other before it is connected. */
export abstract class RunFigure extends Figure {
  @property({ attribute: false }) run!: Run;
  private onScreen = false;

  private readonly follow = () => { this.requestUpdate(); };
  private readonly sight = new IntersectionObserver(
    (entries) => {
      this.onScreen = entries.at(-1)?.isIntersecting ?? false;
      this.requestUpdate();
    },
    { rootMargin: "200px" },
  );

  /** Whether to ask the engine now: for a first answer, so that the page does not move later; for more only in sight. */
  protected wantsAnswer(answer: Latest<unknown>): boolean {
    const { phase } = this.run;
    return (phase === "ready" || phase === "training") && (this.onScreen || answer.value === null);
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

  override connectedCallback(): void {
    const given = this.run as Run | undefined;
    this.run = given && !given.closed ? given : sharedRun();
    hold(this.run);
    super.connectedCallback();
    this.run.addEventListener("change", this.follow);
    this.sight.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.run.removeEventListener("change", this.follow);
    letGo(this.run);
    this.sight.disconnect();
  }
}
