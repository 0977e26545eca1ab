// The life of a run: what a reader does, and what goes wrong, takes nothing from them.
import type { Page } from "@playwright/test";
import { Article } from "./article";
import { SCRIPT, ready, test as guest } from "./guest";
import { page as html } from "./host";
import { expect, test } from "./harness";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

test("closing a run in mid-training leaves the other runs of the page as they are", async ({ page }) => {
  await page.goto("./?engine=cpu");
  const lab = page.locator("lr-lab");
  await lab.scrollIntoViewIfNeeded();
  const compare = lab.getByRole("button", { name: "Compare with a second run" });
  const a = lab.getByRole("region", { name: "Run A" });
  const b = lab.getByRole("region", { name: "Run B" });
  for (let time = 0; time < 3; time++) {
    await compare.click();
    await b.getByRole("button", { name: "Train", exact: true }).click();
    await expect.poll(async () => Number(await b.getByTestId("state").getAttribute("data-step"))).toBeGreaterThan(5);
    await compare.click();
    await expect(b).toHaveCount(0);
  }
  await expect(a.getByTestId("state")).toContainText("This model came with the page");
  await expect(a.getByTestId("notices")).toBeEmpty();
  await expect(a.getByTestId("error")).toHaveCount(0);
});

guest("widgets that go while they train leave the others alive", async ({ page, host, complaints }) => {
  const { origin } = await host({ "/course": html(`${SCRIPT}<lr-ablate></lr-ablate><div id="here"></div>`) });
  await page.goto(`${origin}/course`);
  await ready(page, "lr-ablate");
  for (let time = 1; time <= 4; time++) {
    await page.evaluate((seed) => { document.querySelector("#here")?.append(Object.assign(document.createElement("lr-train"), { seed, engine: "cpu", start: "training" })); }, time);
    await expect.poll(async () => Number(await page.locator("lr-train").getByTestId("state").getAttribute("data-step"))).toBeGreaterThan(5);
    await page.evaluate(() => { document.querySelector("#here")?.replaceChildren(); });
  }
  await page.locator("lr-ablate").getByRole("button", { name: "EP", exact: true }).click();
  await expect(page.locator("lr-ablate").getByTestId("finding")).toContainText("picks the order at chance");
  expect(complaints).toEqual([]);
});

test("a killed worker costs a model that came with the page, one from a file, and its cut nothing", async ({ page }) => {
  const article = new Article(page);
  await page.goto("./?engine=cpu&ablate=EP");
  await expect(article.state).toContainText("This model came with the page");
  await article.run((run) => { run.worker.kill(); });
  await expect(article.notices).toContainText("It was restarted from step 1,000.");
  await expect(article.state).toContainText("This model came with the page");
  await expect(article.finding).toContainText("Without EP");

  const checkpoint = await article.run((run) => run.client.checkpoint());
  await article.openModel("mine.safetensors", Buffer.from(checkpoint));
  await expect(article.state).toHaveText("Opened from mine.safetensors.");
  await article.run((run) => { run.worker.kill(); });
  await expect(article.state).toHaveText("Opened from mine.safetensors.");
  await expect(article.error).toHaveCount(0);
});

test("a press on Pause that comes as training ends does not train on; one after that does", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.button("Train").evaluate((button: HTMLElement) => {
    new MutationObserver(() => { if (button.textContent === "Train more") button.click(); }).observe(button, { subtree: true, characterData: true, childList: true });
  });
  await article.run((run) => run.train(5));
  await expect(article.button("Train more")).toBeDisabled();
  await expect(article.state).toHaveText(/^Trained for 5 steps/);
  await article.button("Train more").click();
  await expect(article.button("Pause")).toBeVisible();
  await article.button("Pause").click();
  expect(await article.step()).toBeGreaterThan(5);
});

test("what Reset and Open replace comes back, a model from a file too", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.trainPast(20);
  const paused = await article.step();
  const checkpoint = await article.run((run) => run.client.checkpoint());
  await article.openModel("mine.safetensors", Buffer.from(checkpoint));
  await expect(article.state).toHaveText("Opened from mine.safetensors.");
  await article.button("Reset").click();
  await expect(article.state).toHaveText("Untrained. Press Train.");
  await article.button(/^Back to the run/).click();
  await expect(article.state).toHaveText("Opened from mine.safetensors.");
  await article.trainPast(paused + 5);
});

test("a cut, a strip and a step belong to the run: every figure shows them", async ({ page }) => {
  const article = new Article(page);
  await page.goto("./?engine=cpu");
  await expect(article.state).toHaveAttribute("data-phase", "ready");
  const { cockpit: ablate, cockpit: gradient } = article;
  await ablate.getByRole("button", { name: "EP", exact: true }).click();
  const lab = page.locator("lr-lab");
  await expect((await article.figure("lr-gradient")).getByTestId("finding")).toContainText("Without EP: no head prefers a side");
  await expect(lab.locator("lr-ablate").getByRole("button", { name: "EP", exact: true })).toHaveAttribute("aria-pressed", "true");
  await gradient.getByTestId("object-0").press("ArrowRight");
  await lab.locator("lr-gradient").scrollIntoViewIfNeeded();
  await expect(lab.locator("lr-gradient").getByTestId("object-0")).toHaveAttribute("aria-valuenow", "4");

  // Each decision is a step of the page's history.
  await expect(page).toHaveURL(/ablate=EP&strip=0\+0\+0\+16/);
  await page.goBack();
  await expect(gradient.getByTestId("object-0")).toHaveAttribute("aria-valuenow", "3");
  await page.goBack();
  await expect(ablate.getByRole("button", { name: "EP", exact: true })).toHaveAttribute("aria-pressed", "false");
  await page.goForward();
  await expect(ablate.getByRole("button", { name: "EP", exact: true })).toHaveAttribute("aria-pressed", "true");
});

guest("attributes open a figure cut; figures that ask for other views have runs of their own", async ({ page, host, complaints }) => {
  const { origin } = await host({
    "/course": html(`${SCRIPT}<lr-ablate id="cut" ablate="EP" strength="-1" head="0 1 2 3"></lr-ablate><lr-gradient id="same" ablate="EP" strength="-1" head="0 1 2 3"></lr-gradient><lr-ablate id="whole"></lr-ablate>`),
  });
  await page.goto(`${origin}/course`);
  await expect(page.locator("#cut").getByTestId("finding")).toContainText("With EP reversed in heads 0, 1, 2 and 3");
  await expect(page.locator("#same").getByTestId("finding")).toContainText("With EP reversed in heads 0, 1, 2 and 3");
  await expect(page.locator("#whole").getByTestId("finding")).toContainText("Nothing is ablated");
  await page.goto(`${origin}/site/embed.html?figure=ablate&ablate=EP&strength=-1`);
  await expect(page.locator("lr-ablate").getByTestId("finding")).toContainText("With EP reversed");
  expect(complaints).toEqual([]);
});

guest("properties count as attributes do, before the first rendering and after", async ({ page, host }) => {
  const { origin } = await host({ "/course": html(`${SCRIPT}<div id="here"></div>`) });
  await page.goto(`${origin}/course`);
  // A figure is loaded when the page has one; here its code is to be there before.
  await page.evaluate(async (library) => ((await import(library)) as { loadFigure(tag: string): Promise<void> }).loadFigure("lr-ablate"), "/site/lib/leftright.js");
  await page.evaluate(() => {
    const [before, after] = [document.createElement("lr-ablate"), document.createElement("lr-ablate")];
    Object.assign(before, { id: "before", seed: 3, start: "untrained" });
    document.querySelector("#here")?.append(before, after);
    Object.assign(after, { id: "after", seed: 4, start: "untrained" });
  });
  // The model that runs, not what the attribute says.
  const seed = (id: string) => page.locator(id).evaluate((figure) => (figure as unknown as { run: { current: { config: { seed: number } } | null } }).run.current?.config.seed);
  await expect.poll(() => seed("#before")).toBe(3);
  await expect.poll(() => seed("#after")).toBe(4);
  await page.locator("#after").evaluate((figure) => { Object.assign(figure, { seed: 5 }); });
  await expect.poll(() => seed("#after")).toBe(5);
});

guest("an attribute that nothing here is called is said once in the console, and makes no other run", async ({ page, host }) => {
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  const { origin } = await host({ "/course": html(`${SCRIPT}<lr-ablate _ngcontent-abc pair-lables="3"></lr-ablate><lr-gradient pair-lables="3" data-mine="1"></lr-gradient><lr-train></lr-train>`) });
  await page.goto(`${origin}/course`);
  await ready(page, "lr-ablate");
  const runs = () => page.evaluate(() => new Set([...document.querySelectorAll("lr-ablate, lr-gradient, lr-train")].map((figure) => (figure as unknown as { run: object }).run)).size);
  expect(await runs()).toBe(1);
  const lines = said.filter((line) => line.includes("pair-lables"));
  expect(lines.length).toBe(2); // one for each kind of figure
  expect(lines[0]).toContain("Allowed are seed, pixels,");
  expect(said.filter((line) => line.includes("ngcontent"))).toEqual([]);
});

guest("two hundred widgets that come and go, half of them in mid-training, leave one worker and no model behind", async ({ page, host }) => {
  const { origin } = await host({ "/course": html(`${SCRIPT}<lr-ablate></lr-ablate><div id="here"></div>`) });
  await page.goto(`${origin}/course`);
  await ready(page, "lr-ablate");
  await page.evaluate(async () => {
    const here = document.querySelector("#here");
    for (let seed = 1; seed <= 200; seed++) {
      const trains = seed % 2 === 0;
      const widget = Object.assign(document.createElement("lr-train"), { seed, engine: "cpu", start: trains ? "training" : "untrained" });
      for (const [name, value] of Object.entries({ "d-model": 16, heads: 2, "d-embed": 16, batch: 16 })) widget.setAttribute(name, String(value));
      here?.append(widget);
      await Promise.resolve();
      // Some go before their run is made, some while it is made, some while it trains.
      if (seed % 3 > 0) await new Promise((resolve) => setTimeout(resolve, trains ? 30 : 1));
      here?.replaceChildren();
    }
  });
  const held = () => heldModels(page);
  await expect.poll(held).toBe(1);
  await page.evaluate(() => { document.querySelector("#here")?.append(Object.assign(document.createElement("lr-train"), { seed: 7, start: "untrained" })); });
  await expect.poll(held).toBe(2); // the counting counts
});

/** Models that the worker of the page's first figure holds. */
function heldModels(page: Page): Promise<number> {
  return page.locator("lr-ablate").first().evaluate((figure) => (figure as unknown as { run: { worker: { models(): Promise<number> } } }).run.worker.models());
}

test("a term that is pressed before there is a model is cut when there is one; models asked for at once come one after the other", async ({ page }) => {
  const article = new Article(page);
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/viewer_bg.*\.wasm/, async (route) => { await held; await route.continue(); });
  await page.goto("./?engine=cpu");
  await article.button("EP").click();
  release?.();
  await expect(article.finding).toContainText("Without EP, on new pairs the model names both objects every time");

  await article.run(async (run) => { await Promise.all([run.reset(), run.reset(), run.reset()]); });
  await expect(article.state).toHaveText("Untrained. Press Train.");
  await expect(article.error).toHaveCount(0);
});
