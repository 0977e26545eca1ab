import { html, noChange, nothing } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

/** How a button looks, and when it does something. */
interface Press {
  primary?: boolean;
  able?: boolean;
  /** Why it does nothing. */
  why?: string;
}

/** How long a button takes no press after it has come to say something else by itself, in ms: such a press is meant for what it said before. */
const SETTLES = 400;

/** What a button does, and when: `aria-disabled` says that it does nothing, with which it keeps the focus. */
class Does extends Directive {
  #label: string | null = null;
  #act: () => unknown = () => undefined;
  #able = true;
  /** What it said when it was last pressed, and not for the second time of a double click. */
  #pressed: string | null = null;
  #settling: ReturnType<typeof setTimeout> | undefined;

  render(label: string, act: () => unknown, able: boolean): unknown {
    return [label, act, able];
  }

  override update({ element }: ElementPart, [label, act, able]: [string, () => unknown, boolean]): unknown {
    if (this.#label === null) element.addEventListener("click", (event) => { this.#click(element, (event as MouseEvent).detail > 1); });
    else if (label !== this.#label) {
      clearTimeout(this.#settling);
      const asked = this.#pressed === this.#label;
      this.#settling = asked ? undefined : setTimeout(() => { this.#settling = undefined; this.#tell(element); }, SETTLES);
    }
    this.#label = label;
    this.#act = act;
    this.#able = able;
    this.#tell(element);
    return noChange;
  }

  #tell(element: Element): void {
    if (this.#able && this.#settling === undefined) element.removeAttribute("aria-disabled");
    else element.setAttribute("aria-disabled", "true");
  }

  #click(element: Element, again: boolean): void {
    // Who clicks twice means one thing twice.
    if (element.hasAttribute("aria-disabled") || (again && this.#label !== this.#pressed)) return;
    this.#pressed = this.#label;
    this.#act();
  }
}

const does = directive(Does);

/**
 * A button that keeps the keyboard's focus while it does nothing and whatever it says: one that is disabled, or exchanged for
 * another, drops it, and a keyboard would start again at the top of the page. A press on Pause that comes as training ends does not
 * train on, and a double click on Run does not cancel.
 */
export function press(label: string, act: () => unknown, { primary = false, able = true, why = "" }: Press = {}) {
  return html`<button ${does(label, act, able)} class=${primary ? "primary" : nothing} part="controls" title=${able || why === "" ? nothing : why}>${label}</button>`;
}
