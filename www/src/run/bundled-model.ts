// The trained model that comes with the page, and what its training was: `leftright train`, as CONTRIBUTING.md says.
import { fetched, load } from "../engine/load";
import type { Evaluation } from "../engine/pkg/leftright.js";
import { Lazy } from "../util/lazy";

/** A checkpoint, and what `leftright train --json` said of it. */
export interface BundledModel {
  checkpoint: Uint8Array;
  losses: number[];
  evaluations: Evaluation[];
}

const bundled = new Lazy(() => load("The trained model that comes with this page", bundledModel));

/** Loaded once, however many runs show it. */
export function loadBundledModel(): Promise<BundledModel> {
  return bundled.get();
}

async function bundledModel(): Promise<BundledModel> {
  const [model, history] = await Promise.all([
    fetched(new URL("./paper.safetensors", import.meta.url)),
    fetched(new URL("./paper.json", import.meta.url)),
  ]);
  const checkpoint = new Uint8Array(await model.arrayBuffer());
  // A hotel's network may answer anything with its own page.
  if (checkpoint[8] !== "{".charCodeAt(0)) throw new Error("the server sent something else");
  const { losses, evaluations } = (await history.json()) as Omit<BundledModel, "checkpoint">;
  return { checkpoint, losses, evaluations };
}
