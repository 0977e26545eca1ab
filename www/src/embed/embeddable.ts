import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { EngineRequest } from "../engine/pkg/leftright.js";
import { themeChanged } from "../style/theme";
import { host } from "./host";

/** A figure's name: that of its element, without `lr-`. */
export function figureName({ localName }: Element): string {
  return localName.replace(/^lr-/, "");
}

/**
 * The attributes by which a page that embeds a figure sets it up.
 *
 * @fires {CustomEvent<ChangeDetail>} lr-change - its run has changed: what it does, its step, settings and accuracies
 * @fires {CustomEvent<TrainedDetail>} lr-trained - a training has come to its end, or was paused
 * @csspart figure - all of it
 * @csspart number - the line "Figure 3"
 * @csspart heading - its title
 * @csspart finding - the sentence written from its numbers
 * @csspart message - what is wrong with an attribute, in a line
 * @csspart trainer - the button that trains, and what the run does
 * @csspart controls - whatever `controls="none"` hides
 */
export abstract class Embeddable extends LitElement {
  /** The 3 of “Figure 3”; without it there is no such line. */
  @property({ type: Number }) number: number | null = null;

  /** Every random draw of the run follows from it. */
  @property({ type: Number, reflect: true }) seed: number | null = null;
  /** Labels that training pairs are made of. */
  @property({ type: Number, reflect: true, attribute: "pair-labels" }) pairLabels: number | null = null;
  /** Training positions per label. */
  @property({ type: Number, reflect: true, attribute: "single-layouts" }) singleLayouts: number | null = null;
  /** Training layouts per ordered pair. */
  @property({ type: Number, reflect: true, attribute: "pair-layouts" }) pairLayouts: number | null = null;
  /** What trains: `auto`, `gpu` or `cpu`. */
  @property({ reflect: true }) engine: EngineRequest | null = null;

  /** The model that it begins with: `trained` (the one that ships, for the default settings), `untrained`, or `training` at once. */
  @property({ reflect: true }) start: "trained" | "untrained" | "training" | null = null;
  /** `none` hides every button, slider and field. */
  @property({ reflect: true }) controls: "all" | "none" | null = null;
  /** Settings that a reader cannot change, by their attributes' names: `seed pair-labels`. */
  @property({ reflect: true }) lock: string | null = null;
  /** `off` asks the reader no guesses. */
  @property({ reflect: true }) guess: "on" | "off" | null = null;
  /** `light`, `dark`, or `auto` for the system's; without it, the colour scheme of the page around. */
  @property({ reflect: true }) theme: "light" | "dark" | "auto" | null = null;

  /** Whether a reader may not change a setting. */
  protected locked(setting: string): boolean {
    return this.lock?.split(/[\s,]+/).includes(setting.replaceAll("_", "-")) ?? false;
  }

  override attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    super.attributeChangedCallback(name, before, after);
    if (name === "theme" && this.hasUpdated) themeChanged();
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot();
    if (root instanceof ShadowRoot) host()?.dress(root);
    return root;
  }
}
