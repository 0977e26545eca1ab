// The lab at the end of the article: every setting, the figures of a run, and a second run beside it.
import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { SCREENS, expect, test } from "./harness";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

async function open(page: Page, query = "?engine=cpu&start=untrained") {
  await page.goto(`./${query}`);
  const lab = page.locator("lr-lab");
  await lab.scrollIntoViewIfNeeded();
  await expect(lab.getByRole("heading", { name: /^A lab/ })).toBeVisible();
  const run = (name: string) => lab.getByRole("region", { name });
  await expect(run("Run A").getByTestId("state")).toHaveAttribute("data-phase", "ready");
  return { lab, a: run("Run A"), b: run("Run B") };
}

test("every setting of the engine is there with its help, and a change makes a model and an address", async ({ page }) => {
  const { a } = await open(page);
  await a.getByText("Every setting").click();
  const settings = a.locator("lr-settings");
  const names = await page.evaluate(() => (globalThis as unknown as { leftright: { run: { fields: { name: string }[] } } }).leftright.run.fields.map(({ name }) => name));
  expect(names.length).toBeGreaterThan(30);
  for (const name of names) await expect(settings.getByLabel(name, { exact: true })).toHaveAttribute("aria-describedby", `field-${name}-help`);
  await settings.getByLabel("d_model", { exact: true }).fill("64");
  await settings.getByLabel("d_model", { exact: true }).press("Enter");
  await settings.getByLabel("right", { exact: true }).check();
  await expect(page).toHaveURL(/right=true.*d_model=64/);

  // What one setting needs of another may come later; until then the engine's own sentence stands there.
  await settings.getByLabel("grid", { exact: true }).check();
  await expect(settings.getByRole("alert")).toHaveText("pixels is 10, but must be 4, 9 or 16 where grid is true.");
  await settings.getByLabel("pixels", { exact: true }).fill("16");
  await settings.getByLabel("pixels", { exact: true }).press("Enter");
  await expect(settings.getByRole("alert")).toBeEmpty();
  await expect(page).toHaveURL(/pixels=16&grid=true/);

  await settings.getByLabel("Preset", { exact: true }).selectOption("three");
  await expect(settings.getByLabel("objects", { exact: true })).toHaveValue("3");
  await expect(page).toHaveURL(/\?objects=3&/);
});

test("a choice among names, and a start that fills in its settings, make an address", async ({ page }) => {
  const { a } = await open(page, "?engine=cpu&start=untrained&d_model=64");
  await a.getByText("Every setting").click();
  const settings = a.locator("lr-settings");
  await settings.getByLabel("schedule", { exact: true }).selectOption("cosine");
  await expect(page).toHaveURL(/schedule=cosine/);
  await settings.getByLabel("Start", { exact: true }).selectOption("clip");
  await expect(settings.getByLabel("cls_std", { exact: true })).toHaveValue("0.125");
  await settings.getByLabel("Start", { exact: true }).selectOption("pytorch");
  await expect(settings.getByLabel("linear", { exact: true })).toHaveValue("uniform");
  await expect(page).toHaveURL(/d_model=64&schedule=cosine&token_std=1&position_std=1&linear=uniform&linear_std=0.57\d+&bias_std=0.57\d+/);
  await settings.getByLabel("Start", { exact: true }).selectOption("paper");
  await expect(page).toHaveURL(/d_model=64&schedule=cosine&engine=cpu/);

  await page.goto("./?engine=cpu&start=untrained&schedule=fast");
  await expect(page.getByText("schedule is “fast”, but must be constant or cosine. The default, constant, is used.").first()).toBeVisible();
});

test("two runs side by side, and the difference of their accuracies", async ({ page }) => {
  const { lab, a, b } = await open(page, "?engine=cpu"); // A is the trained model that comes with the page
  await lab.getByRole("button", { name: "Compare with a second run" }).click();
  await expect(b.getByTestId("state")).toHaveText("Untrained. Press Train.");
  // What a setting does is not read off a model that has learned nothing.
  await expect(lab.getByTestId("difference-finding")).toHaveText("The runs differ in seed (0 and 1). Train Run B to see what that does.");
  await expect(lab.getByTestId("difference-unseen-order").locator("td").last()).toHaveText("–");
  await b.getByRole("button", { name: "Train", exact: true }).click();
  await expect.poll(async () => Number(await b.getByTestId("state").getAttribute("data-step"))).toBeGreaterThan(30);
  await b.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(b.getByTestId("state")).toHaveText(/^Paused at step/);
  await expect(a.getByTestId("state")).toContainText("This model came with the page");
  await expect(lab.getByTestId("difference-finding")).toHaveText(/differ in seed \(0 and 1\) and in their training \(1,000 and \d+ steps\); on unseen pairs/);
  const row = lab.getByTestId("difference-unseen-order").locator("td");
  const [, left = "", right = "", difference = ""] = await row.allInnerTexts();
  expect(left).toBe(await a.getByTestId("accuracies-unseen").locator("[data-accuracy=order]").innerText());
  expect(right).toBe(await b.getByTestId("accuracies-unseen").locator("[data-accuracy=order]").innerText());
  expect(Math.abs(Number(difference.replace("−", "-")) - (Number(right) - Number(left)))).toBeLessThanOrEqual(0.0101);

  // The same figures of both, each of its own model and called by it.
  for (const run of ["Run A", "Run B"]) await expect(lab.getByRole("figure", { name: new RegExp(`^${run}: Nine terms`) })).toHaveCount(1);
  const findings = lab.locator("lr-gradient").getByTestId("finding");
  await expect(findings).toHaveCount(2);
  await expect(findings.first()).not.toHaveText(await findings.last().innerText());
  await lab.getByRole("button", { name: "Text side" }).click();
  await expect(lab.locator("lr-text")).toHaveCount(2);
  // The second run stays out of the page's address.
  expect(page.url()).not.toContain("seed=1");

  await lab.getByRole("button", { name: "Compare with a second run" }).click();
  await expect(b).toHaveCount(0);
  await expect(lab.locator("lr-text")).toHaveCount(1);
  await expect(a.getByTestId("state")).toHaveAttribute("data-phase", "ready");
});

test("the largest world fits a phone, takes its own numbers and answers", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  const { lab, a } = await open(page, "?engine=cpu&start=untrained&pixels=16&labels=64&pair_labels=59&heads=16");
  await a.getByLabel("Labels in pairs").fill("40");
  await a.getByLabel("Labels in pairs").press("Enter");
  await expect(page).toHaveURL(/pair_labels=40/);
  await expect(lab.locator("lr-gradient lr-heatmap")).toHaveCount(16);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  const ablate = lab.locator("lr-ablate");
  await ablate.getByRole("button", { name: "EP", exact: true }).click();
  await expect(ablate.getByRole("button", { name: "EP", exact: true })).toHaveAttribute("aria-pressed", "true");
  await expect(ablate.getByTestId("ablation")).toHaveAttribute("aria-busy", "false");
  await expect(ablate.getByTestId("ablation")).toHaveAttribute("data-cut", "EP");

  await page.goto("./?objects=3&labels=64");
  await expect(page.locator("lr-cockpit").getByTestId("notices")).toContainText("labels is 64, but must be at most 24");
});

test("a population: models that differ in one setting, each with its own curves", async ({ page }) => {
  const { lab } = await open(page, "?engine=cpu&start=untrained&d_model=32&d_embed=32&batch=32");
  const population = lab.locator("lr-population");
  await population.getByLabel("Setting").selectOption("pair_labels");
  await expect(population.getByLabel("Values")).toHaveValue("2 15");
  await population.getByLabel("Values").fill("3 99");
  await population.getByRole("button", { name: "Train them" }).click();
  await expect(population.getByRole("alert")).toContainText("pair_labels is “99”, but must be a whole number between 2 and 15.");
  await population.getByLabel("Values").fill("3, 15");
  await population.getByRole("button", { name: "Train them" }).click();
  await expect(population.getByRole("status").first()).toHaveText("2 of 2 models trained for 1,000 steps", { timeout: 60_000 });
  await expect(population.getByTestId("population")).toHaveAttribute("aria-busy", "false");
  const order = (title: string) => population.locator("lr-chart").filter({ has: page.getByRole("heading", { name: title }) }).locator("g[data-series=recognition]");
  for (const title of ["pair_labels 3", "pair_labels 15"]) await expect(order(title)).toHaveAttribute("data-count", "20");
  const [file] = await Promise.all([page.waitForEvent("download"), population.getByRole("button", { name: "Keep the numbers" }).click()]);
  expect(file.suggestedFilename()).toBe("leftright-population-pair_labels.csv");
  const lines = readFileSync(await file.path(), "utf8").trim().split("\n");
  expect(lines[0]).toBe("job,step,pair_labels,loss,unseen.order,unseen.recognition,unseen.retrieval");
  expect(lines).toHaveLength(1 + 2 * 20);
  expect(await order("pair_labels 3").getAttribute("data-last")).not.toBe(await order("pair_labels 15").getAttribute("data-last"));
});

for (const [colorScheme, width] of SCREENS) {
  test(`axe finds nothing in the lab, ${colorScheme}, ${width} px wide, and it fits`, async ({ page }, info) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    const { lab, a } = await open(page, "?engine=cpu");
    await a.getByText("Every setting").click();
    await lab.getByRole("button", { name: "Compare with a second run" }).click();
    await expect(lab.getByTestId("difference")).toBeVisible();
    await expect(lab.locator("lr-ablate").last().getByTestId("finding")).not.toBeEmpty();
    const found = await new AxeBuilder({ page }).include("lr-lab").analyze();
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await lab.screenshot({ path: info.outputPath(`lab-${colorScheme}-${width}.png`) });
  });
}
