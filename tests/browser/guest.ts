// Our figures as guests in pages that are not ours.
import { expect, test as base, type Page } from "@playwright/test";
import { serve, type Host } from "./host";

export { expect };

/** A host's server, closed after the test; and the page's complaints, which a test may look into. */
export const test = base.extend<{ host: (pages: Record<string, string>, headers?: Record<string, string>) => Promise<Host>; complaints: string[] }>({
  host: async ({}, use) => {
    const open: Host[] = [];
    await use(async (pages, headers) => {
      const host = await serve(pages, headers);
      open.push(host);
      return host;
    });
    for (const host of open) host.close();
  },
  complaints: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(error.message));
    await use(complaints);
  },
});

export const SCRIPT = `<script type="module" src="/site/lib/leftright.js"></script>`;

export async function ready(page: Page, figure: string): Promise<void> {
  await expect(page.locator(figure).getByTestId("state")).toHaveAttribute("data-phase", "ready");
}
