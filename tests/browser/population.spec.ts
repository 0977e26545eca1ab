// An experiment on the GPU: its models of one shape train as one population.
import { Article } from "./article";
import { expect, test } from "./harness";
import { Trial, number } from "./trial";

test("four models train as one population where the GPU engine is asked for", async ({ page }, { project }) => {
  test.skip(project.name !== "webgpu", "needs WebGPU");
  const article = new Article(page);
  await article.open("?engine=gpu");
  await expect(article.engine).toHaveAttribute("data-kind", "gpu");
  const trial = new Trial(page, "birth");
  await trial.show();
  await trial.button("Run").click();
  const loss = trial.chart("loss");
  await expect.poll(() => number(loss.locator("g[data-series]"), "data-count"), { timeout: 120_000 }).toBeGreaterThanOrEqual(1);
  // One worker has measured all four at the same step: their losses differ, so they have a spread.
  expect(await trial.read("loss")).toMatch(/^loss: [\d.]+ \([\d.]+ to [\d.]+\) at step 20$/);
  expect(await trial.end("loss", "loss")).toBeLessThan(6);
  // One step alone is on the axis, not beyond it.
  const [picture, mark] = [await loss.locator("svg.picture").boundingBox(), await loss.locator("g[data-series] .mark").first().boundingBox()];
  expect(mark?.x).toBeLessThan((picture?.x ?? 0) + (picture?.width ?? 0));
  await trial.cancel();
});
