// Nothing that axe can find keeps anyone out: both themes, a phone and a desk, before and after training.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { Article } from "./article";
import { SCREENS, expect, test } from "./harness";
import { Trial } from "./trial";

/** What axe finds, and where: in the whole page, or in a part of it. */
async function violations(page: Page, part = ":root"): Promise<string[]> {
  // It would fetch the style sheets of frames again, which a sandboxed frame may not.
  const found = await new AxeBuilder({ page }).include(part).options({ preload: false }).analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

for (const [colorScheme, width] of SCREENS) {
  test(`the article has no violation, ${colorScheme}, ${width} px wide`, async ({ page }, { project }) => {
    test.skip(project.name === "webgpu", "the page is the same");
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    const article = new Article(page);
    await article.open("?engine=cpu");
    // A figure further down is loaded when it comes near, one in a tab when that is shown.
    const seen = new Set<string | null>();
    for (const [i, tab] of (await page.getByRole("tab").all()).entries()) {
      await tab.click();
      for (const figure of await page.locator("main [number]:visible").all()) {
        const number = await figure.getAttribute("number");
        if (seen.has(number)) continue;
        seen.add(number);
        await figure.scrollIntoViewIfNeeded();
        await expect(figure.getByRole("heading").first()).toBeVisible();
      }
      expect(await violations(page, i === 0 ? ":root" : "[role=tabpanel]:not([hidden])")).toEqual([]); // the rest is as it was
    }
    expect(seen.size).toBeGreaterThanOrEqual(14);
    // And with results on screen: lines, rows, a table.
    const trial = new Trial(page, "text");
    await trial.measure();
    expect(await violations(page, "[role=tabpanel]:not([hidden])")).toEqual([]);
  });
}

test("the bench page has no violation", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
  await page.goto("bench.html");
  await expect(page.getByRole("button", { name: "Measure" })).toBeEnabled();
  expect(await violations(page)).toEqual([]);
  // Negative control: a button that says nothing is found.
  await page.evaluate(() => document.querySelector("main")?.append(document.createElement("button")));
  expect(await violations(page)).toEqual([expect.stringMatching(/^button-name/)]);
});

test("the keyboard keeps its place on a button that changes, or has nothing to do for now", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.button("Train").press("Enter");
  await expect(article.button("Pause")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(article.button(/^(Go on|Train)$/)).toBeFocused(); // paused, perhaps before the first step
  await article.trainPast(1);
  await article.button("Reset").press("Enter");
  await expect(article.state).toHaveText("Untrained. Press Train.");
  await expect(article.button("Reset")).toBeDisabled();
  await expect(article.button("Reset")).toBeFocused();
  await page.keyboard.press("Enter"); // and does nothing
  await expect(article.button(/^Back to the run/)).toBeVisible();

  // A button that goes away as it is pressed leaves the keyboard at its figure.
  await article.trainPast(60);
  const gradient = await article.figure("lr-gradient");
  await article.run((run) => (run as unknown as { show(step: number): Promise<void> }).show(50));
  await gradient.getByTestId("moment").getByRole("button").press("Enter");
  await expect(gradient.getByTestId("moment")).toHaveCount(0);
  await expect(gradient.getByRole("heading").first()).toBeFocused();
  const guess = page.locator("lr-guess[ask=cut]");
  await guess.scrollIntoViewIfNeeded();
  await guess.getByRole("button", { name: "Skip the question" }).press("Enter");
  await expect(guess.getByTestId("answer")).toBeFocused();

  const trial = new Trial(page, "birth");
  await trial.show();
  await trial.button("Run").press("Enter");
  await expect(trial.button("Cancel")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(trial.button("Run")).toBeFocused();
});

for (const [colorScheme, width] of SCREENS) {
  test(`no embed has a violation, nor the page that shows how to embed, ${colorScheme}, ${width} px wide`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    for (const figure of ["train", "follow", "gradient", "ablate", "surgery", "diversity"]) {
      await page.goto(`embed.html?figure=${figure}`);
      await expect(page.getByRole("heading").first()).toBeVisible();
      await expect(page.locator(`lr-${figure}`).getByTestId("finding")).not.toBeEmpty();
      expect(await violations(page), figure).toEqual([]);
    }
    await page.goto("examples/index.html");
    await expect(page.getByRole("heading").first()).toBeVisible();
    expect(await violations(page), "examples").toEqual([]);
  });
}
