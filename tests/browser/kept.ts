import type { Page } from "@playwright/test";

interface Kept {
  id: string;
  name: string | null;
  step: number;
  time: number;
}

/** The runs that this browser keeps, the latest first, as the page's store has them (www/src/run/store.ts). */
export function keptRuns(page: Page): Promise<Kept[]> {
  return page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>) => new Promise<T>((resolve, reject) => {
      request.onsuccess = () => { resolve(request.result); };
      request.onerror = () => { reject(new Error(request.error?.message)); };
    });
    const database = await answer(indexedDB.open("leftright"));
    const names = database.objectStoreNames.contains("runs");
    const runs = names ? await answer(database.transaction("runs").objectStore("runs").getAll() as IDBRequest<Kept[]>) : [];
    database.close();
    return runs.sort((a, b) => b.time - a.time);
  });
}

/** The steps of these runs. */
export async function keptSteps(page: Page): Promise<number[]> {
  return (await keptRuns(page)).map(({ step }) => step);
}
