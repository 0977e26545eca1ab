// A box at the foot of the window, for what concerns the page and not one figure: one thing at a time, the last said.

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

function made(): HTMLElement {
  if (box) return box;
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, styles];
  box = document.createElement("div");
  box.className = "notice-box";
  box.setAttribute("role", "status");
  document.body.append(box);
  return box;
}

export interface Choice {
  label: string;
  act?: () => unknown;
}

/** Says something, with what can be done about it; each choice closes the box. Without one, the box goes when `hide` is called. */
export function say(text: string, ...choices: Choice[]): void {
  const shown = made();
  const buttons = choices.map(({ label, act }) => {
    const button = document.createElement("button");
    button.textContent = label;
    button.addEventListener("click", () => {
      hide();
      act?.();
    });
    return button;
  });
  shown.replaceChildren(text, ...buttons);
  shown.classList.toggle("fleeting", choices.length === 0);
  shown.hidden = false;
}

export function hide(): void {
  if (box) box.hidden = true;
}
