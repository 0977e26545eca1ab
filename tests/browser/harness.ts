import { test as base, expect, type ConsoleMessage } from "@playwright/test";

export { expect };

/** A theme is a matter of colours, a width of what stands where: each once. */
export const SCREENS = [["light", 1280], ["dark", 360]] as const;

interface Options {
  /** The console errors and warnings that a test expects; every other one fails it. */
  allowedConsole: RegExp | null;
}

/**
 * Playwright's `test`, failing as well on any console error or warning (the worker's
 * included), any uncaught page error, and any request that leaves the site's own origin.
 */
export const test = base.extend<Options & { cleanPage: undefined }>({
  allowedConsole: [null, { option: true }],

  cleanPage: [
    async ({ context, baseURL, allowedConsole }, use) => {
      const complaints: string[] = [];
      const origin = new URL(baseURL ?? "").origin;

      context.on("console", (message: ConsoleMessage) => {
        const text = message.text();
        const serious = message.type() === "error" || message.type() === "warning";
        if (serious && !text.startsWith("Service Worker registration blocked by Playwright") && !allowedConsole?.test(text)) {
          complaints.push(`console ${message.type()}: ${text}`);
        }
      });
      context.on("weberror", (error) => {
        complaints.push(`page error: ${error.error().message}`);
      });
      context.on("request", (request) => {
        const url = new URL(request.url());
        const local = url.protocol === "blob:" || url.protocol === "data:";
        if (!local && url.origin !== origin) {
          complaints.push(`request to another origin: ${request.url()}`);
        }
      });

      await use(undefined);
      expect(complaints, "the page should be free of errors, warnings and outside requests").toEqual([]);
    },
    { auto: true },
  ],
});
