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

/** Says whether a button takes a press, by `aria-disabled`, with which it keeps the focus. */
class Takes extends Directive {
  #label: unknown;
  #able = true;
  /** Whether what it says next comes of a press on it. */
  #pressed = false;
  #settling: ReturnType<typeof setTimeout> | undefined;

  render(label: unknown, able: boolean): unknown {
    return [label, able];
  }

  override update({ element }: ElementPart, [label, able]: [unknown, boolean]): unknown {
    if (this.#label === undefined) element.addEventListener("click", () => { this.#pressed ||= takes(element); });
    else if (label !== this.#label) {
      clearTimeout(this.#settling);
      this.#settling = this.#pressed ? undefined : setTimeout(() => { this.#settling = undefined; this.#tell(element); }, SETTLES);
      this.#pressed = false;
    }
    this.#label = label;
    this.#able = able;
    this.#tell(element);
    return noChange;
  }

  #tell(element: Element): void {
    if (this.#able && this.#settling === undefined) element.removeAttribute("aria-disabled");
    else element.setAttribute("aria-disabled", "true");
  }
}

const onlyIf = directive(Takes);

function takes(button: Element): boolean {
  return !button.hasAttribute("aria-disabled");
}

/**
 * A button that keeps the keyboard's focus while it does nothing and whatever it says: one that is disabled, or exchanged for
 * another, drops it, and a keyboard would start again at the top of the page. A press on Pause that comes as training ends does not
 * train on.
 */
export function press(label: string, act: () => unknown, { primary = false, able = true, why = "" }: Press = {}) {
  return html`<button
    ${onlyIf(label, able)}
    class=${primary ? "primary" : nothing}
    part="controls"
    title=${able || why === "" ? nothing : why}
    @click=${({ currentTarget }: Event) => { if (takes(currentTarget as Element)) act(); }}
  >${label}</button>`;
}
