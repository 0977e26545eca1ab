// The lab's population on the GPU: its models of one shape train as one.
import { expect, test } from "./harness";

test("two models train as one population where the GPU engine is asked for", async ({ page }, { project }) => {
  test.skip(project.name !== "webgpu", "needs WebGPU");
  await page.goto("./?engine=gpu&start=untrained&d_model=16&heads=2&d_embed=16&batch=16");
  const lab = page.locator("lr-lab");
  await lab.scrollIntoViewIfNeeded();
  const population = lab.locator("lr-population");
  await population.getByLabel("Values").fill("0 1");
  await population.getByRole("button", { name: "Train them" }).click();
  const lines = population.locator("lr-chart g[data-series=recognition]");
  const counts = () => lines.evaluateAll((all) => all.map((line) => Number(line.getAttribute("data-count"))));
  // Both are measured at a step before any is trained to the end: one after the other, the first would have ended.
  await expect.poll(async () => Math.min(2, (await counts()).length, ...(await counts())), { timeout: 120_000 }).toBeGreaterThanOrEqual(1);
  expect(Math.max(...(await counts()))).toBeLessThan(20);
  expect(await lines.count()).toBe(2);
  await population.getByRole("button", { name: "Cancel" }).click();
  await expect(population.getByTestId("population")).toHaveAttribute("aria-busy", "false");
});
