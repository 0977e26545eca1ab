// A box at the foot of the window, for what concerns the page and not one figure: one thing at a time, the last said. What it
// covers comes back when it is answered.
import { html, render } from "lit";
import { repeat } from "lit/directives/repeat.js";

const styles = new CSSStyleSheet();
styles.replaceSync(`
  .notice-box {
    position: fixed;
    inset: auto var(--space-4) var(--space-4);
    z-index: 1;
    max-width: 41rem;
    margin: 0 auto;
    padding: var(--space-3) var(--space-4);
    border: 2px solid var(--edge);
    border-radius: 4px;
    background: var(--paper);
    color: var(--ink);
    font: var(--text-figure) / 1.45 var(--sans);
  }
  .notice-box.fleeting { border-style: dashed; }
  .notice-box button { min-height: 1.75rem; margin-left: var(--space-3); padding: 0; border: 0; background: none; color: inherit; font: inherit; text-decoration: underline; cursor: pointer; }
  @media print { .notice-box { display: none; } }
`);

let box: HTMLElement | null = null;
/** What had the keyboard's focus before the box. */
let place: HTMLElement | null = null;

function made(): HTMLElement {
  if (box) return box;
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, styles];
  box = document.createElement("div");
  box.className = "notice-box";
  box.setAttribute("role", "status");
  box.addEventListener("focusin", ({ relatedTarget }) => {
    if (relatedTarget instanceof HTMLElement && !box?.contains(relatedTarget)) place = relatedTarget;
  });
  document.body.append(box);
  return box;
}

export interface Choice {
  label: string;
  act?: () => unknown;
}

/** What is said and not yet answered, the last last. */
const said: { text: string; choices: Choice[] }[] = [];

/** Says something, with what can be done about it; each choice answers it. What is said twice is shown once. Returns what takes it back. */
export function say(text: string, ...choices: Choice[]): () => void {
  const notice = { text, choices };
  const before = said.findIndex((other) => other.text === text);
  if (before >= 0) said.splice(before, 1);
  said.push(notice);
  show();
  return () => { takeBack(notice); };
}

function takeBack(notice: (typeof said)[number]): void {
  const at = said.indexOf(notice);
  if (at < 0) return;
  said.splice(at, 1);
  show();
}

/** A button stays the same one as long as it says the same, and so keeps the keyboard's focus. */
function show(): void {
  const shown = made();
  const notice = said.at(-1);
  shown.hidden = !notice;
  if (!notice) return;
  const { text, choices } = notice;
  const button = ({ label, act }: Choice) => {
    const choose = () => {
      takeBack(notice);
      if (shown.hidden) place?.focus({ preventScroll: true });
      act?.();
    };
    return html`<button @click=${choose}>${label}</button>`;
  };
  render(html`${text}${repeat(choices, ({ label }) => label, button)}`, shown);
  shown.classList.toggle("fleeting", choices.length === 0);
}
