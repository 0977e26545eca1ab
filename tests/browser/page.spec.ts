// The page itself: that it stays responsive, and how it looks.
import { Article } from "./article";
import { expect, test } from "./harness";

test("no task holds the page for 50 ms while it trains", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await page.locator("lr-gradient").scrollIntoViewIfNeeded(); // where most is redrawn
  await expect(page.getByTestId("captions")).toBeVisible();
  await page.evaluate(() => {
    const long: number[] = [];
    Object.assign(globalThis, { long });
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  });
  await article.run((run) => void run.train());
  await article.trained();
  expect(await page.evaluate(() => (globalThis as unknown as { long: number[] }).long)).toEqual([]);
});

for (const theme of ["light", "dark"] as const) {
  for (const width of [360, 1280]) {
    test(`the page at ${width} px, ${theme}`, async ({ page }, info) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      const article = new Article(page);
      await article.open("?engine=cpu");
      await article.train();
      await page.locator("lr-gradient").scrollIntoViewIfNeeded();
      await expect(article.finding("lr-gradient")).not.toBeEmpty();
      await page.locator("lr-ablate").scrollIntoViewIfNeeded();
      await article.button("EP").click();
      await expect(page.getByTestId("ablation")).toHaveAttribute("data-cut", "EP");
      await page.screenshot({ path: info.outputPath(`${theme}-${width}.png`), fullPage: true });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    });
  }
}
