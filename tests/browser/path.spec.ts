import { Article } from "./article";
import { expect, test } from "./harness";

test("a reader trains, ablates EP, and the model no longer knows left from right", async ({ page }) => {
  const article = new Article(page);
  await article.open();
  await expect(article.finding).toContainText("has learned nothing yet");

  await article.train();
  expect(await article.accuracy("unseen", "retrieval")).toBeGreaterThanOrEqual(0.9);
  expect(await article.accuracy("single", "retrieval")).toBeGreaterThanOrEqual(0.9);
  expect(await article.losses()).toHaveLength(1_000);

  await expect(article.finding).toContainText("All nine terms are in.");

  await article.button("EP").click();
  await expect(article.button("EP")).toHaveAttribute("aria-pressed", "true");
  await expect(article.finding).toContainText("a coin toss");
  const order = await article.ablated("order", "after");
  expect(order).toBeGreaterThanOrEqual(0.4);
  expect(order).toBeLessThanOrEqual(0.6);
  expect(await article.ablated("recognition", "after")).toBeGreaterThanOrEqual(0.95);
  expect(await article.ablated("order", "before")).toBeGreaterThanOrEqual(0.9);

  await article.cockpit.getByLabel("Strength").fill("-1");
  await expect(article.finding).toContainText("With EP reversed");
  expect(await article.ablated("order", "after")).toBeLessThanOrEqual(0.1);

  await article.button("Clear").click();
  await expect(article.finding).toContainText("All nine terms are in.");
});

test("settings apply on Reset, the run before comes back, and the address restores them", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.trainPast(30);
  await expect.poll(() => article.run((run) => run.losses.length)).toBeGreaterThanOrEqual(30);

  const form = await article.figure("lr-train");
  await form.getByLabel("Seed").fill("7");
  await form.getByLabel("Seed").press("Enter");
  await expect(form.getByText("These settings apply when you press Reset.")).toBeVisible();
  await article.button("Reset").click();
  await expect(article.state).toHaveText("Untrained. Press Train.");
  await expect(page).toHaveURL(/\?seed=7&engine=cpu&start=untrained$/);

  await article.button(/^Back to the run/).click();
  await expect(article.state).toHaveText(/^Paused at step/);
  await expect(form.getByLabel("Seed")).toHaveValue("0");

  await article.open("?seed=7&pair_labels=4");
  await page.reload();
  await expect(article.state).toHaveAttribute("data-phase", "ready");
  await article.figure("lr-train");
  await expect(form.getByLabel("Seed")).toHaveValue("7");
  await expect(form.getByLabel("Labels in pairs")).toHaveValue("4");
});

test("two objects move by keyboard and by pointer, and the captions follow", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
  const article = new Article(page);
  await article.open();
  const gradient = await article.figure("lr-gradient");
  const captions = gradient.getByTestId("captions");
  const circle = gradient.getByTestId("object-0");
  await expect(captions).toContainText("16 is on the left of 17 (true");

  await circle.focus();
  for (let press = 0; press < 5; press++) await page.keyboard.press("ArrowRight");
  await expect(circle).toHaveAttribute("aria-valuenow", "9");
  await expect(captions).toContainText("17 is on the left of 16 (true");

  const strip = gradient.locator("lr-strip");
  const box = await strip.boundingBox();
  const from = await circle.boundingBox();
  if (!box || !from) throw new Error("the strip is not drawn");
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + (box.width * 2.5) / 12, box.y + 20, { steps: 6 });
  await page.mouse.up();
  await expect(circle).toHaveAttribute("aria-valuenow", "1");
  await expect(captions).toContainText("16 is on the left of 17 (true");

  await gradient.getByTestId("label-0").selectOption("3");
  await expect(captions).toContainText("3 is on the left of 17 (true");
});
