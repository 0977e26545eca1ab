import { Article } from "./article";
import { expect, test } from "./harness";

test("the GPU device is lost: training goes on, on the CPU, and the curve is unbroken", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=gpu");
  await expect(article.engine).toHaveAttribute("data-kind", "gpu");
  await article.button("Train").click();
  await expect.poll(() => article.step()).toBeGreaterThan(3);

  await article.run((run) => run.client.loseDevice());
  await expect(article.notices).toContainText("device was lost");
  await expect(article.engine).toHaveAttribute("data-kind", "cpu");
  await article.trained();
  const losses = await article.losses();
  expect(losses).toHaveLength(1_000);
  expect(losses.every(Number.isFinite)).toBe(true);
});
