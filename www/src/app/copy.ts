import { copy } from "../util/clipboard";

/** Makes each `data-copy` button copy the text of the element that it names. */
export function copyButtons(root: HTMLElement): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const source = document.getElementById(button.dataset.copy ?? "");
    if (!source) continue;
    button.addEventListener("click", () => {
      void copy(source.textContent).then((copied) => {
        button.textContent = copied ? "Copied" : "Selected: copy it";
        // The reader's own copy works.
        if (!copied) getSelection()?.selectAllChildren(source);
      });
    });
  }
}
