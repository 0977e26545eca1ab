// Fetching what is ours and not yet here. A network that fails now may work a moment later.
import { EngineError } from "./errors";

/** Milliseconds between one try and the next. */
const PAUSES = [300, 1_000, 3_000];

/** A file that the server does not have, now or in a moment. */
class Missing extends Error {}

/** Tries again after a pause, then a longer one; at last an error of code "load" names what could not be had. */
export async function load<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (thrown) {
      const pause = PAUSES[failures];
      if (thrown instanceof Missing || pause === undefined) {
        throw new EngineError("load", `${what} could not be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}.`);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** A file's answer; another status than success is an error. */
export async function fetched(url: string | URL): Promise<Response> {
  const response = await fetch(url);
  const { status } = response;
  if (status >= 400 && status < 500) throw new Missing(`the server answered ${status}`);
  if (!response.ok) throw new Error(`the server answered ${status}`);
  return response;
}
