// Opens the engine's worker, wherever its script is served from.
import elsewhere from "./worker?worker&url";

let bridge: string | null = null;

/**
 * A page may only make workers of its own origin: elsewhere, and in a sandboxed frame, a script of its own imports ours.
 * Throws where the page's policy refuses that at once; some browsers refuse by an error of the worker's.
 */
export function openWorker(): Worker {
  // Whole in a build, and of the page's own server in development. (With `import.meta.url` webpack would look for a file of its own.)
  const { href, origin } = new URL(elsewhere, location.href);
  // Not by trying: Firefox makes a stranger's worker, which fails later. A sandboxed frame's own origin is "null".
  if (origin === self.origin) return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const message = `its worker could not be loaded from ${origin}: that server must send Access-Control-Allow-Origin, and this page’s security policy must allow it (worker-src ${origin} blob:; script-src ${origin})`;
  bridge ??= URL.createObjectURL(new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" }));
  const worker = open(bridge, message);
  worker.addEventListener("error", (event) => {
    if (event.message) return; // the script's own
    event.stopImmediatePropagation();
    worker.dispatchEvent(new ErrorEvent("error", { message }));
  });
  return worker;
}

function open(url: string, refused: string): Worker {
  try {
    return new Worker(url, { type: "module" });
  } catch (cause) {
    throw new Error(refused, { cause });
  }
}
