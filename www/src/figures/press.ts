import { html, nothing } from "lit";

/** How a button looks, and when it does something. */
interface Press {
  primary?: boolean;
  able?: boolean;
  /** Why it does nothing. */
  why?: string;
}

/**
 * A button that keeps the keyboard's focus while it does nothing and whatever it says: one that is disabled, or exchanged for
 * another, drops it, and a keyboard would start again at the top of the page.
 */
export function press(label: unknown, act: () => unknown, { primary = false, able = true, why = "" }: Press = {}) {
  return html`<button
    class=${primary ? "primary" : nothing}
    part="controls"
    aria-disabled=${able ? nothing : "true"}
    title=${able || why === "" ? nothing : why}
    @click=${() => { if (able) act(); }}
  >${label}</button>`;
}
