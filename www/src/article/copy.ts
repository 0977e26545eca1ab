/** Makes each `data-copy` button copy the text of the element that it names. */
export function copyButtons(root: HTMLElement): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const source = document.getElementById(button.dataset.copy ?? "");
    if (!source) continue;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(source.textContent).then(
        () => { button.textContent = "Copied"; },
        () => {
          // A frame may not be allowed to: then the text is selected, and the reader's own copy works.
          getSelection()?.selectAllChildren(source);
          button.textContent = "Selected: copy it";
        },
      );
    });
  }
}
