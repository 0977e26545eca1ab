// The page as it opens: a trained model in its figures, without a press, and the way from there to one's own and back.
import { Article } from "./article";
import { expect, test } from "./harness";

test("figures open on a trained model, Train replaces it by one's own, and it comes back", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu", "trained");
  await expect(article.state).toHaveText(/^This model came with the page, trained for 1,000 steps\./);
  await expect(article.finding).toContainText("All nine terms are in. On new pairs the model names both objects every time and gets their order right in 95 %.");
  expect(await article.accuracy("unseen", "retrieval")).toBeCloseTo(0.946, 1);
  await article.button("EP").click();
  await expect(article.finding).toContainText("Without EP, on new pairs the model names both objects every time and gets their order right in 50 %: a coin toss.");
  await article.button("Clear").click();

  await article.trainPast(20);
  expect((await article.losses())[0]).toBeGreaterThan(3); // from random numbers, not from the trained ones
  expect(await article.step()).toBeLessThan(1_000);

  await article.button("Reset").click();
  await expect(article.state).toHaveText("Untrained. Press Train."); // now it is the reader's run that can be gone back to
  await article.button(/^Back to the run/).click();
  await expect(article.state).toHaveText(/^Paused at step/);
});

test("the time machine takes every figure back, and forth", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.train();
  expect(await article.run((run) => run.kept)).toEqual(Array.from({ length: 21 }, (_, i) => 50 * i));
  const now = await article.accuracy("unseen", "retrieval");
  const machine = article.cockpit.getByLabel("Time machine");
  await expect(machine).toHaveAttribute("aria-valuetext", "step 1,000");

  await machine.fill("0");
  await expect(article.finding).toContainText("has learned nothing yet");
  expect(await article.accuracy("unseen", "retrieval")).toBeLessThan(0.1);
  // The curves end where they stood then.
  const loss = (await article.figure("lr-train")).locator("lr-lines").first();
  await expect(loss).toContainText("starts with the first step");
  const gradient = await article.figure("lr-gradient");
  await expect(gradient.getByTestId("moment")).toContainText("As the model was at step 0.");
  await expect(gradient.getByTestId("finding")).toContainText("No head prefers a side");

  await gradient.getByRole("button", { name: /^Show the latest/ }).click();
  await expect(gradient.getByTestId("finding")).toContainText(/EP row (falls|rises)/);
  await expect(machine).toHaveAttribute("aria-valuetext", "step 1,000");
  expect(await article.accuracy("unseen", "retrieval")).toBe(now);
});

test.describe("without the trained model", () => {
  test.use({ allowedConsole: /404/ });

  test("where the trained model cannot be had, the page says so and offers an untrained one", async ({ page }) => {
    await page.route("**/*.safetensors", (route) => route.fulfill({ status: 404 }));
    const article = new Article(page);
    await article.open("?engine=cpu", "trained");
    await expect(article.error).toContainText("The trained model that comes with this page could not be loaded: the server answered 404. Here is an untrained one.");
    await expect(article.state).toHaveText("Untrained. Press Train.");
    await page.unroute("**/*.safetensors");
    await article.button("Try again").click();
    await expect(article.state).toContainText("This model came with the page");
    await expect(article.error).toHaveCount(0);
  });
});
