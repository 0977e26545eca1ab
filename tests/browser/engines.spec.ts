// The two engines: asked for, and exchanged. Each test says what a browser without WebGPU does instead.
import { Article } from "./article";
import { expect, test } from "./harness";

const REFUSED = "the browser offers no WebGPU adapter";

test("a reader switches engines, and the address keeps the choice", async ({ page }, { project }) => {
  const article = new Article(page);
  await article.open("?d_model=16&heads=2&d_embed=16&batch=16"); // an emulated GPU is slow
  await expect(article.engine).toHaveAttribute("data-kind", ""); // none is loaded before it is needed
  const form = await article.figure("lr-train");
  const step = form.getByRole("button", { name: "Step", exact: true });
  await step.click();
  await expect(article.engine).toHaveAttribute("data-kind", "cpu"); // auto: an emulated GPU is slower
  await article.button("Reset").click();

  await form.getByLabel("Engine").selectOption("gpu");
  if (project.name === "webgpu") {
    await expect(article.engine).toHaveAttribute("data-kind", "gpu");
    await step.click();
    await expect(article.state).toHaveText("Paused at step 1.");
    await step.click();
    await expect(article.state).toHaveText("Paused at step 2.");
    expect((await article.losses()).every((loss) => loss > 1 && loss < 10)).toBe(true);
  } else {
    await expect(article.error).toContainText(REFUSED);
    await step.click();
    await expect(article.state).toHaveText("Paused at step 1.");
  }

  await form.getByLabel("Engine").selectOption("cpu");
  await article.button("Reset").click();
  await expect(article.state).toHaveText("Untrained. Press Train.");
  await page.reload();
  await expect(article.state).toHaveAttribute("data-phase", "ready");
  await article.figure("lr-train");
  await expect(form.getByLabel("Engine")).toHaveValue("cpu");
  await article.button("Train").click();
  await expect(article.engine).toHaveText(/CPU engine/);
});

test("an engine that the address asks for and the browser has not is said", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "it has it; what becomes of a device that is lost is campaign.spec's");
  const article = new Article(page);
  await article.open("?engine=gpu");
  await expect(article.notices).toContainText(REFUSED);
});

test("a browser without relaxed SIMD trains the same model by the plain module", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "of the CPU engine");
  const article = new Article(page);
  const trained = async () => {
    const modules: string[] = [];
    const heard = (request: { url(): string }) => { modules.push(...(/(leftright|relaxed)_bg/.exec(request.url()) ?? []).slice(1)); };
    page.on("request", heard);
    await article.open("?engine=cpu");
    await article.trainPast(20);
    page.off("request", heard);
    return { modules: [...new Set(modules)], losses: (await article.losses()).slice(0, 10) };
  };
  const fused = await trained();
  expect(fused.modules).toEqual(["relaxed"]);

  // A browser that has it is told that it has not.
  await page.route("**/assets/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace("WebAssembly.validate(", "!WebAssembly.validate(") });
  });
  const plain = await trained();
  expect(plain.modules).toEqual(["leftright"]);
  for (const [i, loss] of plain.losses.entries()) expect(Math.abs(loss / (fused.losses[i] ?? NaN) - 1)).toBeLessThan(1e-4);
});
