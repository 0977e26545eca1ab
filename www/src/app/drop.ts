// Files dropped on the page: into the run of the figure they fall on, else into the page's own.
import { RunFigure } from "../figures/figure";
import { sharedRun } from "../run/registry";

const styles = new CSSStyleSheet();
styles.replaceSync(`
  .dropzone {
    position: fixed;
    inset: auto var(--space-4) var(--space-4);
    z-index: 1;
    max-width: 41rem;
    margin: 0 auto;
    padding: var(--space-3) var(--space-4);
    border: 2px dashed var(--edge);
    border-radius: 4px;
    background: var(--paper);
    color: var(--ink);
    font: var(--text-figure) / 1.45 var(--sans);
  }
  .dropzone.told { border-style: solid; }
  .dropzone button { margin-left: var(--space-3); padding: 0; border: 0; background: none; color: inherit; font: inherit; text-decoration: underline; cursor: pointer; }
`);

const box = document.createElement("div");
box.className = "dropzone";
box.hidden = true;
box.setAttribute("role", "status");

function say(text: string, told: boolean): void {
  const close = document.createElement("button");
  close.textContent = "Close";
  close.addEventListener("click", hide);
  box.replaceChildren(text, ...(told ? [close] : []));
  box.classList.toggle("told", told);
  box.hidden = false;
}

function hide(): void {
  box.hidden = true;
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

async function take(event: DragEvent): Promise<void> {
  const files = [...(event.dataTransfer?.files ?? [])];
  const [file] = files;
  if (!file || files.length > 1) {
    say("One file can be opened at a time.", true);
    return;
  }
  const figure = event.composedPath().find((target) => target instanceof RunFigure);
  const run = figure?.run ?? sharedRun();
  say(`Opening ${file.name}…`, false);
  const error = await (await import("../run/open-file")).openFile(run, file);
  if (error === null) hide();
  else say(error, true);
}

/** From now on, files can be dropped anywhere. */
export function takeDrops(): void {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, styles];
  document.body.append(box);
  // Entering an element comes before leaving the one around it.
  let depth = 0;
  const on = (type: "dragenter" | "dragover" | "dragleave" | "drop", then: (event: DragEvent) => void) => {
    document.addEventListener(type, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      then(event);
    });
  };
  on("dragenter", () => {
    depth += 1;
    say("Drop a model (.safetensors) or a run (.json), and every figure shows it.", false);
  });
  on("dragover", () => undefined);
  on("dragleave", () => {
    depth -= 1;
    if (depth === 0) hide();
  });
  on("drop", (event) => {
    depth = 0;
    void take(event);
  });
}
