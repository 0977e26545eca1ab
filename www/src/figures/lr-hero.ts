import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import "./lr-strip";
import type { Table } from "../export/csv";
import { UNCUT, type Cut } from "../run/views";
import { Tween } from "../util/tween";
import { bothWays, epOf, story, strengthOf, verdict, type BothWays } from "./both-ways";
import { RunFigure } from "./figure";
import { fitsOf, heroPicture } from "./hero-picture";
import type { StripMove } from "./lr-strip";
import { press } from "./press";

const TAKEN: Cut = { terms: ["EP"], strength: 0, heads: null };
const REVERSED: Cut = { ...TAKEN, strength: -1 };

/**
 * The article's head: one strip, one term, two captions, and three buttons. It stands in the page itself, not in a shadow root,
 * where the same drawing stands before the script is there, in the same styles.
 */
@customElement("lr-hero")
export class LrHero extends RunFigure {
  protected override readonly heading = "One term knows left from right";
  private readonly answer = this.question<BothWays>();
  private readonly tween = new Tween(() => { this.requestUpdate(); });

  protected override createRenderRoot(): HTMLElement {
    // Before the drawing that the page was built with, which goes when this one is there.
    if (this.firstChild) this.renderOptions.renderBefore = this.firstChild;
    return this;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const { run } = this;
    const { current, views } = run;
    if (!this.wantsAnswer(this.answer) || !current || current.config.autoregressive) return;
    this.answer.ask([run, run.revision, views.placed, views.cut], async () => {
      const found = await bothWays(run, views, current.config);
      this.tween.go([...epOf(found.strip), ...fitsOf(found)]);
      return found;
    });
  }

  protected override updated(): void {
    if (this.answer.value) this.querySelector(":scope > .static")?.remove();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.tween.stop();
  }

  protected override finding(): string | typeof nothing {
    const { value } = this.answer;
    return value ? `${verdict(value)} ${story(value, this.run.trained, true)}` : nothing;
  }

  protected override body() {
    if (this.run.current?.config.autoregressive) return html`<p>This model writes its captions, so there are none to choose between.</p>`;
    const of = this.answer.value;
    if (!of) return html``;
    const { now } = this.tween;
    const pixels = epOf(of.strip).length;
    return heroPicture(of, {
      moving: { ep: now.slice(0, pixels), fits: now.slice(pixels) },
      trained: this.run.trained,
      strip: html`<lr-strip
        .labels=${this.run.views.placed.labels}
        .positions=${this.run.views.placed.positions}
        .pixels=${pixels}
        @lr-move=${({ detail: { positions, continued } }: StripMove) => { this.run.look({ placed: { ...this.run.views.placed, positions } }, continued); }}
      ></lr-strip>`,
      controls: this.controlsOf(),
    });
  }

  private controlsOf() {
    const strength = strengthOf(this.run.views.cut);
    const cut = (to: Cut) => () => { this.run.look({ cut: to }); };
    return html`<div class="controls">
      ${press("Take the term away", cut(TAKEN), { primary: true, able: strength !== 0, why: "It is away." })}
      ${press("Put it back", cut(UNCUT), { able: strength !== 1, why: "It is there." })}
      ${press("Reverse it", cut(REVERSED), { able: strength !== -1, why: "It is reversed." })}
    </div>`;
  }

  override numbers(): Table {
    const { value } = this.answer;
    const row = (name: string, values: number[]) => [name, ...values];
    return {
      columns: ["number", ...(value ? epOf(value.strip).map((_, pixel) => `pixel ${pixel + 1}`) : [])],
      rows: value ? [row("EP", epOf(value.strip)), row("EP, nothing cut", epOf(value.whole))] : [],
    };
  }

  override render() {
    return html`${this.failures()}${this.body()}`;
  }
}
