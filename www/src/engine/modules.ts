// The WebAssembly modules: the viewer shows models; the trainer does that too, trains them, and takes its place once loaded.
import viewerUrl from "./pkg/viewer_bg.wasm?url";
import plainUrl from "./pkg/leftright_bg.wasm?url";
import relaxedUrl from "./pkg/relaxed_bg.wasm?url";
import { Lazy } from "../util/lazy";
import { load } from "./load";
import { fused } from "./support";

export type Trainer = typeof import("./pkg/leftright.js") & { memory: WebAssembly.Memory };
/** What both modules have; their classes are one type to us. */
export type Viewer = Pick<Trainer, "Model" | "checkConfig" | "configFields" | "largestFile" | "presets" | "starts">;

/** The trainer as this browser runs it fastest: a fused multiply-add saves a seventh of a step. */
async function fastest(): Promise<Trainer> {
  if (fused()) {
    const module = await import("./pkg/relaxed.js");
    const { memory } = await module.default({ module_or_path: relaxedUrl });
    return { ...module, memory };
  }
  const module = await import("./pkg/leftright.js");
  const { memory } = await module.default({ module_or_path: plainUrl });
  return { ...module, memory };
}

async function small(): Promise<Viewer> {
  const module = await import("./pkg/viewer.js");
  await module.default({ module_or_path: viewerUrl });
  return module as unknown as Viewer;
}

const trainer = new Lazy(() => load("The engine", fastest));
const viewer = new Lazy(() => load("The engine", small));

/** The trainer, loaded when something is first trained or measured. */
export function loadTrainer(): Promise<Trainer> {
  return trainer.get();
}

/** What shows models: whichever module is there. */
export function loadViewer(): Promise<Viewer> {
  return trainer.pending?.catch(() => viewer.get()) ?? viewer.get();
}
