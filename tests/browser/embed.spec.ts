// Figures in pages that are not ours.
import { expect, test as base, type Page } from "@playwright/test";
import { page as html, serve, type Host } from "./host";

/** A host's server, closed after the test; and the page's complaints, which a test may look into. */
const test = base.extend<{ host: (pages: Record<string, string>, headers?: Record<string, string>) => Promise<Host>; complaints: string[] }>({
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

const SCRIPT = `<script type="module" src="/site/lib/leftright.js"></script>`;

async function ready(page: Page, figure: string): Promise<void> {
  await expect(page.locator(figure).getByTestId("state")).toHaveAttribute("data-phase", "ready");
}

test("one script and one element: a figure of the trained model, which trains", async ({ page, host, complaints }) => {
  const { origin } = await host({ "/course": html(`${SCRIPT}<lr-ablate seed="3" pair-labels="15" engine="cpu"></lr-ablate>`) });
  await page.goto(`${origin}/course?seed=9`);
  await ready(page, "lr-ablate");
  const figure = page.locator("lr-ablate");
  await expect(figure.locator(".number")).toHaveCount(0);
  await figure.getByRole("button", { name: "Train", exact: true }).click();
  await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000 steps/, { timeout: 120_000 });
  await figure.getByRole("button", { name: "EP", exact: true }).click();
  await expect(figure.getByTestId("finding")).toContainText("picks the order at chance");
  expect(page.url()).toBe(`${origin}/course?seed=9`);
  expect(complaints).toEqual([]);
});

test("a sandboxed frame with scripts alone, from a server without special headers", async ({ page, host, complaints }) => {
  const { origin } = await host({
    "/course": html(`<iframe sandbox="allow-scripts" width="700" src="/site/embed.html?figure=ablate"></iframe><script type="module" src="/site/examples/host.js"></script>`),
  });
  await page.goto(`${origin}/course`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByTestId("state")).toHaveAttribute("data-phase", "ready");
  await frame.getByRole("button", { name: "EP", exact: true }).click();
  await expect(frame.getByTestId("finding")).toContainText("picks the order at chance");
  await expect.poll(async () => (await page.locator("iframe").boundingBox())?.height ?? 0).toBeGreaterThan(400);
  expect(complaints).toEqual([]);
});

test("from another origin, which allows it", async ({ page, host, complaints }) => {
  const site = await host({}, { "access-control-allow-origin": "*" });
  const { origin } = await host({ "/course": html(`<script type="module" src="${site.origin}/site/lib/leftright.js"></script><lr-ablate></lr-ablate>`) });
  await page.goto(`${origin}/course`);
  await ready(page, "lr-ablate");
  expect(site.asked.some((path) => path.endsWith(".wasm"))).toBe(true);
  expect(complaints).toEqual([]);
});
