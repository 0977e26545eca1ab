/**
 * Takes a lock of the browser's and keeps it until this page, or this worker, is gone: whoever waits for it or asks who holds it
 * hears of that. False where there are no locks, as in a frame without an origin.
 */
export async function holdLock(name: string): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager };
  if (!locks) return false;
  return new Promise((resolve) => {
    const forEver = () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    };
    locks.request(name, forEver).catch(() => { resolve(false); });
  });
}
