// A script that is loaded when it is wanted, and cannot be had.

/** Milliseconds before the second try. */
const PAUSE = 400;
let tries = 0;

/**
 * Loads a part of the page by its own `import()`, and once more where that fails. Firefox and Chromium keep in mind that an
 * address failed, so it is asked for under another, which the error names.
 */
export async function loadScript<T>(part: () => Promise<T>): Promise<T> {
  try {
    return await part();
  } catch (thrown) {
    const [named] = /https?:\/\/[^\s'"]+/.exec(thrown instanceof Error ? thrown.message : "") ?? [];
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (!named || new URL(named).origin !== new URL(import.meta.url).origin) return part();
    const again = new URL(named);
    again.searchParams.set("again", String(++tries));
    return (await import(/* @vite-ignore */ again.href)) as T;
  }
}
