// "Further": sections of which one is shown at a time, by pointer, keyboard, link and search; without a script all of them are read.
import { expect, test } from "@playwright/test";

const tabs = ["Left and right", "Grid", "Three objects", "Norm and MLP", "Writing", "Text side", "Rotation"];

test("one section is shown, by a press, by the keys of a list of tabs, and by a link to what is in it", async ({ page }) => {
  await page.goto("./");
  const shown = page.locator(".tabs > section:not([hidden])");
  const panel = (name: string) => shown.and(page.getByRole("tabpanel", { name }));
  await expect(page.getByRole("tab")).toHaveText(tabs);
  await expect(panel("Left and right").locator("p").first()).toBeVisible();
  await expect(shown).toHaveCount(1);

  await page.getByRole("tab", { name: "Grid" }).click();
  await expect(panel("Grid").locator("p").first()).toBeVisible();
  await expect(shown).toHaveCount(1);

  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Three objects" })).toBeFocused();
  await expect(panel("Three objects")).toHaveCount(1);
  await page.keyboard.press("End");
  await expect(panel("Rotation")).toHaveCount(1);
  await page.keyboard.press("ArrowRight");
  await expect(panel("Left and right")).toHaveCount(1);

  await page.evaluate(() => { location.hash = "#further-text"; });
  await expect(panel("Text side").locator("p").first()).toBeInViewport();
  await expect(page.getByRole("tab", { name: "Text side" })).toHaveAttribute("aria-selected", "true");
});

test("without a script, and on paper, every section is there", async ({ browser, page }) => {
  const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await plain.goto(new URL("./", test.info().project.use.baseURL ?? "").href);
  for (const name of tabs) await expect(plain.getByRole("heading", { name, exact: true })).toBeVisible();
  await plain.context().close();

  await page.goto("./");
  await expect(page.getByRole("tab").first()).toBeVisible();
  const shown = () => page.locator(".tabs > section").evaluateAll((sections) => sections.filter((section) => (section.querySelector("p")?.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) ?? false)).length);
  expect(await shown()).toBe(1);
  await page.emulateMedia({ media: "print" });
  expect(await shown()).toBe(tabs.length);
});
