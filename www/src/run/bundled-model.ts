// The trained model that comes with the page, and what its training was: `leftright train`, as CONTRIBUTING.md says.
import { EngineError } from "../engine/errors";
import type { Evaluation } from "../engine/pkg/leftright.js";
import { Lazy } from "../util/lazy";

/** A checkpoint, and what `leftright train --json` said of it. */
export interface Shipped {
  checkpoint: Uint8Array;
  losses: number[];
  evaluations: Evaluation[];
}

const shipped = new Lazy(load);

/** Loaded once, however many runs show it. */
export function loadShipped(): Promise<Shipped> {
  return shipped.get();
}

async function load(): Promise<Shipped> {
  const [model, history] = await Promise.all([
    fetched(new URL("./paper.safetensors", import.meta.url)),
    fetched(new URL("./paper.json", import.meta.url)),
  ]);
  const { losses, evaluations } = (await history.json()) as Omit<Shipped, "checkpoint">;
  return { checkpoint: new Uint8Array(await model.arrayBuffer()), losses, evaluations };
}

async function fetched(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new EngineError("engine", `The server answered ${response.status}.`);
  return response;
}
