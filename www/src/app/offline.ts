// The article without a network, after the first visit.

/** Keeps the article's files on this machine, once the page has nothing else to do. Where that is forbidden, nothing else is lost. */
export function keepForOffline(): void {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  if (!("serviceWorker" in navigator) || connection?.saveData) return;
  setTimeout(() => {
    void keep().catch(() => undefined);
  }, 5_000);
}

async function keep(): Promise<void> {
  await navigator.serviceWorker.register(new URL("./sw.js", document.baseURI));
}
