// The documentation, as it is built: whole, linked, searchable, readable, and without a request to anybody else.
import AxeBuilder from "@axe-core/playwright";
import { readFileSync, readdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { CONFIG_NAMES } from "../../www/src/engine/pkg/settings";
import { expect, test } from "./guest";

const SITE = new URL("../../www/dist/", import.meta.url);
const pages = readdirSync(new URL("docs/", SITE), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".html")).map((file) => `docs/${file}`);

const read = (path: string) => readFileSync(new URL(path, SITE), "utf8");

/** Whether the site has what an address, relative to its root, names: the file, and in a page of the documentation the fragment. */
function leads(address: string): boolean {
  const { pathname, hash } = new URL(address, "https://site.example/");
  try {
    const text = read(`.${pathname}`);
    return hash === "" || !pathname.endsWith(".html") || text.includes(`id="${hash.slice(1)}"`);
  } catch {
    return false;
  }
}

const search = (page: Page, text: string) => page.getByRole("searchbox", { name: "Search" }).fill(text);

test("every page opens without a complaint of its policy or a request to another site, and every link leads somewhere", async ({ page, complaints }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const links = new Set<string>();
  for (const path of pages) {
    await page.goto(`./${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    await expect(page.getByRole("navigation", { name: "Contents" }).locator("[aria-current=page]")).toHaveCount(1);
    await expect(page.getByRole("search")).toBeVisible(); // its script runs
    for (const address of await page.locator("a").evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href))) links.add(address);
  }
  const { origin } = new URL(page.url());
  expect(pages.length).toBeGreaterThan(18);
  expect(complaints).toEqual([]);
  expect(asked.filter((address) => !address.startsWith(origin))).toEqual([]);
  const own = [...links].filter((address) => address.startsWith(origin)).map((address) => address.slice(origin.length));
  expect(own.length).toBeGreaterThan(60);
  expect(own.filter((address) => !leads(address))).toEqual([]);
  // The controls: a script in the page, and a page and a fragment that are not there.
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "1";
    document.body.append(script);
  });
  await expect.poll(() => complaints.join()).toContain("Content Security Policy");
  expect(["/docs/settings.html", "/docs/settings.html#the-world"].map(leads)).toEqual([true, true]);
  expect(["/docs/setting.html", "/docs/settings.html#the-word"].map(leads)).toEqual([false, false]);
});

test("every setting and every element is there, as the sources have them", async ({ page }) => {
  await page.goto("./docs/settings.html");
  for (const name of CONFIG_NAMES) await expect(page.getByRole("cell", { name, exact: true }).first()).toBeVisible();
  await expect(page.getByRole("row", { name: "weight_decay 0 0 to 10 AdamW's weight decay." })).toBeVisible();
  await expect(page.getByRole("row", { name: /^left-right captions from the left/ })).toBeVisible();
  await page.goto("./docs/elements.html");
  const manifest = JSON.parse(read("lib/custom-elements.json")) as { modules: { declarations: Record<"attributes" | "events" | "cssParts" | "cssProperties", { name: string; fieldName?: string }[]>[] }[] };
  const text = await page.locator("main").innerText();
  for (const { attributes, events, cssParts, cssProperties } of manifest.modules.flatMap(({ declarations }) => declarations)) {
    const own = attributes.filter(({ fieldName }) => fieldName !== undefined);
    for (const { name } of [...own, ...events, ...cssParts, ...cssProperties]) expect(text).toContain(name);
  }
  await expect(page.getByRole("row", { name: "pair-labels pairLabels 2 to 15 Labels that training pairs are made of. Without it, 15." })).toBeVisible();
});

test("the search finds a section by its words, and says so where it finds none", async ({ page, complaints }) => {
  await page.goto("./docs/teaching/worksheet-1.html");
  await search(page, "little-endian");
  await page.getByRole("search").getByRole("link", { name: "Checkpoints: The file" }).click();
  await expect(page).toHaveURL(/\/docs\/checkpoint\.html#the-file$/);
  await search(page, "qwertzuiop");
  await expect(page.getByRole("status")).toHaveText("Nothing is found for “qwertzuiop”.");
  expect(complaints).toEqual([]);
});

test("a page can be read by everybody, on a phone too", async ({ page }) => {
  for (const [path, width, colorScheme] of [["settings", 1280, "light"], ["checkpoint", 320, "dark"], ["teaching/worksheet-3", 320, "light"]] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`./docs/${path}.html`);
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html ?? ""}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});

test.describe("after a visit to the article", () => {
  test.use({ serviceWorkers: "allow" });

  test("the documentation opens without a network", async ({ page, context }) => {
    await page.goto("./index.html");
    const kept = () => page.evaluate(async () => (await caches.match("docs/teaching/index.html", { ignoreSearch: true })) !== undefined);
    await expect.poll(kept, { timeout: 60_000 }).toBe(true);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await context.setOffline(true);
    await page.getByRole("contentinfo").getByRole("link", { name: "Documentation" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Documentation" })).toBeVisible();
    await page.goto("./docs/teaching/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("A lesson: how does a model know left from right?");
    await search(page, "safetensors");
    await expect(page.getByRole("search").getByRole("link").first()).toBeVisible();
  });
});
