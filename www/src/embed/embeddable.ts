import type { LitElement, PropertyDeclaration } from "lit";
import { property } from "lit/decorators.js";
import type { EngineRequest } from "../engine/pkg/leftright.js";
import type { Start } from "../run/address";
import type { Checkpoint } from "../run/run";
import { Speaking } from "../words";
import { RUN_ATTRIBUTES, attributeOf } from "./attributes";
import { host } from "./host";

/** A figure's name: that of its element, without `lr-`. */
export function figureName({ localName }: Element): string {
  return localName.replace(/^lr-/, "");
}

/** Whether an attribute's text says a property's value. */
function says(text: string, value: unknown): boolean {
  return typeof value === "number" ? Object.is(Number(text), value) : text === value;
}

/**
 * The attributes by which a page that embeds a figure sets it up.
 *
 * @attr {string} lang - its language, `en` or `de`; without it, that of the page around, and English where that is neither. What an experiment finds is in English
 * @fires {CustomEvent<ChangeDetail>} lr-change - its run has changed: what it does, its step, settings and accuracies
 * @fires {CustomEvent<TrainedDetail>} lr-trained - a training has come to its end, or was paused
 * @csspart figure - all of it
 * @csspart number - the line "Figure 3"
 * @csspart heading - its title
 * @csspart finding - the sentence written from its numbers
 * @csspart message - what is wrong with an attribute, in a line
 * @csspart trainer - the button that trains, and what the run does
 * @csspart question - what `ask` has a reader guess
 * @csspart controls - whatever `controls="none"` hides
 */
export abstract class Embeddable extends Speaking {
  /** The 3 of “Figure 3”; without it there is no such line. */
  @property({ type: Number }) number: number | null = null;

  /** Every random draw of the run follows from it. */
  @property({ type: Number, reflect: true, useDefault: true }) seed: number | null = null;
  /** Labels that training pairs are made of. */
  @property({ type: Number, reflect: true, useDefault: true, attribute: "pair-labels" }) pairLabels: number | null = null;
  /** Training positions per label. */
  @property({ type: Number, reflect: true, useDefault: true, attribute: "single-layouts" }) singleLayouts: number | null = null;
  /** Training layouts per ordered pair. */
  @property({ type: Number, reflect: true, useDefault: true, attribute: "pair-layouts" }) pairLayouts: number | null = null;
  /** What trains: `auto`, `gpu` or `cpu`. */
  @property({ reflect: true, useDefault: true }) engine: EngineRequest | null = null;

  /** A model of the page's own, which it begins with in place of one by the settings. */
  @property({ attribute: false }) checkpoint: Checkpoint | null = null;
  /** The model that it begins with: `trained` (the one that ships, for the default settings), `untrained`, or `training` at once. */
  @property({ reflect: true, useDefault: true }) start: Start | null = null;

  /** Terms that are cut when it opens, as in `EP VP`. */
  @property({ reflect: true, useDefault: true }) ablate: string | null = null;
  /** What the cut terms are multiplied by: 0 removes, 1 leaves, -1 reverses. */
  @property({ type: Number, reflect: true, useDefault: true }) strength: number | null = null;
  /** The heads in which they are cut, as in `0 2`; all without it. */
  @property({ reflect: true, useDefault: true }) head: string | null = null;
  /** The strip that is shown, a number for each pixel, as in `0 0 16 0 0 0 0 17 0 0`. */
  @property({ reflect: true, useDefault: true }) strip: string | null = null;
  /** The training step whose model is shown, where that is kept. */
  @property({ type: Number, reflect: true, useDefault: true }) step: number | null = null;

  /** `none` hides every button, slider and field. */
  @property({ reflect: true, useDefault: true }) controls: "all" | "none" | null = null;
  /** Settings that a reader cannot change, by their attributes' names: `seed pair-labels`. */
  @property({ reflect: true, useDefault: true }) lock: string | null = null;
  /** `light`, `dark`, or `auto` for the system's; without it, the colour scheme of the page around. */
  @property({ reflect: true, useDefault: true }) theme: "light" | "dark" | "auto" | null = null;
  /** For a projector: larger type, stronger contrast, a screen for each figure; Page Down and Page Up go from one to the next. */
  @property({ type: Boolean, reflect: true }) present = false;

  /** The attributes' names in `lock`. */
  get lockedAttributes(): string[] {
    return (this.lock ?? "").split(/[\s,]+/).filter(Boolean).map(attributeOf);
  }

  /** Whether a reader may not change a setting. */
  protected locked(setting: string): boolean {
    return this.lockedAttributes.includes(attributeOf(setting));
  }

  /** A setting without a property of its own is an attribute all the same. */
  static override get observedAttributes(): string[] {
    return [...new Set([...super.observedAttributes, ...RUN_ATTRIBUTES])];
  }

  override attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    super.attributeChangedCallback(name, before, after);
    if (before !== after) this.requestUpdate();
  }

  /** What the page says under the name of an attribute, by the attribute itself or by the property that will become it. */
  asked(attribute: string): string | null {
    const text = this.getAttribute(attribute);
    const { elementProperties } = this.constructor as typeof LitElement;
    const [declared] = [...elementProperties].find(([, { attribute: name }]: [PropertyKey, PropertyDeclaration]) => name === attribute) ?? [attribute];
    if (!elementProperties.has(declared)) return text;
    const value = Reflect.get(this, declared) as string | number | null;
    if (value === null) return null;
    return text !== null && says(text, value) ? text : String(value);
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    // What stood there while its script could not be had.
    this.shadowRoot?.replaceChildren();
    const root = super.createRenderRoot();
    if (root instanceof ShadowRoot) host()?.dress(root);
    return root;
  }
}
