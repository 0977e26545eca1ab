// Files dropped on the page: into the run of the figure they fall on, else into the page's own.
import { RunFigure } from "../figures/figure";
import { sharedRun } from "../run/registry";
import type { Run } from "../run/run";
import { loadScript } from "../util/load-script";
import { say } from "./notice-box";

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

/** Opens what was dropped: an event tells that only as it comes. */
function take(event: DragEvent): void {
  const files = [...(event.dataTransfer?.files ?? [])];
  const [file] = files;
  if (!file || files.length > 1) {
    say("One file can be opened at a time.", { label: "Close" });
    return;
  }
  const figure = event.composedPath().find((target) => target instanceof RunFigure);
  void open(figure?.run ?? sharedRun(), file);
}

async function open(run: Run, file: File): Promise<void> {
  const opened = say(`Opening ${file.name}…`);
  try {
    const error = await (await loadScript(() => import("../run/open-file"))).openFile(run, file);
    if (error !== null) say(error, { label: "Close" });
  } catch {
    // The script that opens files could not be fetched.
    say(`${file.name} was not opened: a part of this page could not be loaded.`, { label: "Try again", act: () => open(run, file) }, { label: "Close" });
  } finally {
    opened();
  }
}

/** From now on, files can be dropped anywhere. */
export function takeDrops(): void {
  // Entering an element comes before leaving the one around it.
  let depth = 0;
  /** Takes back that files can be dropped. */
  let asked: (() => void) | null = null;
  const on = (type: "dragenter" | "dragover" | "dragleave" | "drop", then: (event: DragEvent) => void) => {
    document.addEventListener(type, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      then(event);
    });
  };
  on("dragenter", () => {
    depth += 1;
    if (depth === 1) asked = say("Drop a model (.safetensors), a run (.json) or a session (.zip), and every figure shows it.");
  });
  on("dragover", () => undefined);
  on("dragleave", () => {
    depth -= 1;
    if (depth === 0) asked?.();
  });
  on("drop", (event) => {
    depth = 0;
    asked?.();
    take(event);
  });
}
