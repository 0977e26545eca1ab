// What is there without the page's own module: figures on paper that have not woken, and the theme the reader chose.
import { expect, test } from "./harness";
import { Article } from "./article";
import { Trial } from "./trial";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

test("a printed page has every figure, those that were not scrolled to as the report's", async ({ page }) => {
  await page.goto("./?engine=cpu");
  await expect(page.getByTestId("state")).toHaveAttribute("data-phase", "ready");
  const asleep = page.locator(":is(main, .tabs > section) > [number]:not(:defined)");
  expect(await asleep.count()).toBeGreaterThan(5);
  await page.mouse.move(100, 100); // as on the way to the menu
  for (const picture of await asleep.locator("img").all()) await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  const size = (await page.pdf()).length;

  await page.emulateMedia({ media: "print" });
  for (const figure of await asleep.all()) await expect(figure.locator(".static")).toBeVisible();
  // Negative control: the pictures are in the file.
  const pictures = await asleep.locator("img").count();
  await page.evaluate(() => { for (const image of document.querySelectorAll(".static img")) image.remove(); });
  expect(pictures).toBeGreaterThan(8);
  expect((await page.pdf()).length).toBeLessThan(size - 1_500 * pictures); // as much as the simplest of them takes
});

test("on paper the nine terms keep their grid, and what is cut is marked", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.button("EP").click();
  await page.emulateMedia({ media: "print" });
  const left = async (name: string) => (await article.button(name).boundingBox())?.x;
  for (const [above, below] of [["EE", "PE"], ["EP", "PP"], ["EB", "BB"]] as const) {
    expect(await left(above)).toBeDefined();
    expect(await left(above)).toBe(await left(below));
  }
  await expect(article.button("EP")).toHaveCSS("print-color-adjust", "exact");
  await expect(article.button("Clear")).toBeHidden();
  // In a grid Firefox puts the drawings of the splits over their headings.
  await expect(page.locator("main")).toHaveCSS("display", "block");
});

test("a figure shows the report's picture, on paper too, until its own models are trained", async ({ page }) => {
  await page.goto("./?engine=cpu");
  const trial = new Trial(page, "birth");
  await trial.show();
  const report = trial.figure.locator(".static");
  await expect(report).toBeVisible();
  await expect(trial.figure.getByTestId("charts")).toBeHidden();
  await page.emulateMedia({ media: "print" });
  await expect(report).toBeVisible();
  await expect(trial.finding).toBeHidden();

  await page.emulateMedia({ media: "screen" });
  await trial.run(1);
  await expect(report).toBeHidden();
  await page.emulateMedia({ media: "print" });
  await expect(report).toBeHidden();
  await expect(trial.finding).toBeVisible();
});

test.describe("while the module is on its way", () => {
  test.use({ allowedConsole: /Failed to load resource/ });

  test("the chosen theme is there", async ({ page }) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto("./");
    const light = await paper();
    const button = page.locator("#theme");
    while ((await button.textContent()) !== "Theme: dark") await button.click();
    const dark = await paper();
    expect(dark).not.toBe(light);

    await page.route("**/assets/*.js", (route) => route.abort());
    await page.goto("./");
    expect(await paper()).toBe(dark);
    await page.unroute("**/assets/*.js");
    await page.goto("./");
    await expect(button).toHaveText("Theme: dark");
  });
});
