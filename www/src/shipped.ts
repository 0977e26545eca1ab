// The trained model that comes with the page: `leftright train --half`, preset paper, as the README says.
import { EngineError } from "./engine/errors";

let loading: Promise<Uint8Array> | null = null;

/** Its checkpoint; loaded once, however many runs show it. */
export function loadShipped(): Promise<Uint8Array> {
  loading ??= load();
  loading.catch(() => (loading = null));
  return loading;
}

async function load(): Promise<Uint8Array> {
  const response = await fetch(new URL("./engine/paper.safetensors", import.meta.url));
  if (!response.ok) throw new EngineError("engine", `The server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}
