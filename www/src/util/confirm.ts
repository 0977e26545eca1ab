// A question that must be answered before something long or costly begins. Frames may not use the browser's own.

const styles = new CSSStyleSheet();
styles.replaceSync(`
  dialog.confirm { max-width: 32rem; padding: var(--space-5); border: 1px solid var(--edge); border-radius: 4px; background: var(--paper, Canvas); color: var(--ink, CanvasText); font: var(--text-figure, 1rem) / 1.45 var(--sans, sans-serif); }
  dialog.confirm p { margin: 0 0 var(--space-4, 1rem); }
  dialog.confirm button { min-height: 2.5rem; margin-right: var(--space-3, 0.75rem); padding: 0 var(--space-4, 1rem); font: inherit; }
`);

/** Asks, and gives whether the reader has chosen `yes`; Escape is no. */
export function confirm(question: string, yes: string, no = "Cancel"): Promise<boolean> {
  if (!document.adoptedStyleSheets.includes(styles)) document.adoptedStyleSheets = [...document.adoptedStyleSheets, styles];
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  dialog.setAttribute("aria-label", question);
  const text = document.createElement("p");
  text.textContent = question;
  const button = (label: string, value: string) => {
    const made = document.createElement("button");
    made.textContent = label;
    made.addEventListener("click", () => { dialog.close(value); });
    return made;
  };
  dialog.append(text, button(yes, "yes"), button(no, "no"));
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
  });
}
