// The article without a network, after the first visit.
import { trainerUrl } from "../engine/modules";

/** Keeps the article's files on this machine, once the page has nothing else to do. Where that is forbidden, nothing else is lost. */
export function keepForOffline(): void {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  if (!("serviceWorker" in navigator) || connection?.saveData) return;
  setTimeout(() => {
    void keep().catch(() => undefined);
  }, 5_000);
}

async function keep(): Promise<void> {
  const { serviceWorker } = navigator;
  const takesOver = new Promise((resolve) => { serviceWorker.addEventListener("controllerchange", resolve, { once: true }); });
  await serviceWorker.register(new URL("../sw.js", document.baseURI));
  if (!serviceWorker.controller) await takesOver;
  // Of the two modules that train, the one that this browser would use.
  await fetch(trainerUrl());
}
