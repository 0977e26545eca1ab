import { LitElement, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Latest } from "../latest";
import type { Table } from "../csv";
import { sharedRun } from "../run";
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

  override render() {
    return html`<figure aria-labelledby="heading">
      <p class="number">Figure ${this.number}</p>
      <h2 id="heading">${this.heading}</h2>
      <p class="finding" data-testid="finding">${this.finding()}</p>
      ${this.body()} ${keepMenu(this)}
      <p class="visually-hidden" role="status">${this.announcement}</p>
    </figure>`;
  }
}

/** A figure of the page's one run, redrawn as that changes. */
export abstract class RunFigure extends Figure {
  protected readonly run = sharedRun();
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

  override connectedCallback(): void {
    super.connectedCallback();
    this.run.addEventListener("change", this.follow);
    this.sight.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.run.removeEventListener("change", this.follow);
    this.sight.disconnect();
  }
}
