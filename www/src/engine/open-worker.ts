// Opens the engine's worker, wherever its script is served from.
import elsewhere from "./worker?worker&url";

let bridge: string | null = null;

/** A page may only make workers of its own origin: elsewhere, and in a sandboxed frame, a script of its own imports ours. */
export function openWorker(): Worker {
  try {
    return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  } catch {
    const url = new URL(elsewhere, import.meta.url).href;
    bridge ??= URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: "text/javascript" }));
    const worker = new Worker(bridge, { type: "module" });
    worker.addEventListener("error", (event) => {
      if (event.message) return; // the script's own
      event.stopImmediatePropagation();
      const message = `its worker could not be loaded from ${new URL(url).origin}: that server must send Access-Control-Allow-Origin, and this page’s security policy must allow worker-src blob:`;
      worker.dispatchEvent(new ErrorEvent("error", { message }));
    });
    return worker;
  }
}
