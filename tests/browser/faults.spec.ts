// Everything that a page needs fails once, or dies: it is said where it is missed, Retry works, and nothing is lost beyond the last
// snapshot.
import type { Page, Route } from "@playwright/test";
import { Article } from "./article";
import { expect, test } from "./harness";
import { keptSteps } from "./kept";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

/** What a browser says of a script or a file that it could not fetch. */
const UNFETCHED = /Failed to load resource|net::ERR|Failed to fetch|modulepreload/;

/** Fails the first `times` requests that match; gives how many it has failed. */
async function fail(page: Page, pattern: RegExp, times: number, how: (route: Route) => Promise<void> = (route) => route.abort()): Promise<() => number> {
  let failed = 0;
  await page.route(pattern, async (route) => {
    if (failed >= times) return route.continue();
    failed += 1;
    return how(route);
  });
  return () => failed;
}

test.describe("what could not be fetched", () => {
  test.use({ allowedConsole: UNFETCHED });

  for (const [name, pattern] of Object.entries({
    "the viewer": /viewer_bg.*\.wasm/,
    "the trainer": /(leftright|relaxed)_bg.*\.wasm/,
    "the worker": /worker-.*\.js/,
    "the checkpoint": /paper-.*\.safetensors/,
    "the checkpoint's record": /paper-.*\.json/,
  })) {
    test(`${name} fails once: nobody notices, and the page trains`, async ({ page }) => {
      const failed = await fail(page, pattern, 1);
      const article = new Article(page);
      await page.goto("./?engine=cpu");
      await expect(article.state).toContainText("This model came with the page");
      await article.button("Train").click();
      await expect.poll(() => article.step()).toBeLessThan(1_000); // its own model
      await expect.poll(() => article.step()).toBeGreaterThan(20);
      expect(failed()).toBe(1);
      await expect(article.error).toHaveCount(0);
    });
  }

  test("the trainer cannot be had: the model that came with the page stays, and Try again trains", async ({ page }) => {
    const failed = await fail(page, /(leftright|relaxed)_bg.*\.wasm/, 4);
    const article = new Article(page);
    await page.goto("./?engine=cpu");
    await article.button("Train").click();
    await expect(article.error).toContainText("The engine could not be loaded");
    expect(failed()).toBe(4);
    await article.button("EP").click(); // the figures answer all the while, of that model
    await expect(article.finding).toContainText(/without EP, on new pairs the model names both objects/i);
    await article.button("Try again").click();
    await expect.poll(() => article.step()).toBeGreaterThan(20);
    await expect(article.error).toHaveCount(0);
  });

  test("the worker cannot be had: every figure says so, and Try again brings the model", async ({ page }) => {
    const failed = await fail(page, /worker-.*\.js/, 4);
    const article = new Article(page);
    await page.goto("./?engine=cpu");
    await expect(article.error).toContainText("The engine could not be loaded");
    await expect.poll(failed).toBe(4); // the page has tried by itself
    await expect(article.error).toContainText("The engine could not be loaded");
    await expect((await article.figure("lr-ablate")).getByTestId("error")).toBeVisible();
    await article.error.getByRole("button", { name: "Try again" }).click();
    await expect(article.state).toContainText("This model came with the page");
  });

  test("a figure's script fails: the report's picture stays, and a second address brings the figure", async ({ page }) => {
    const failed = await fail(page, /define-.*\.js$/, 1);
    await page.goto("./?engine=cpu");
    const figure = page.locator("lr-diversity");
    await figure.scrollIntoViewIfNeeded();
    await expect(figure.getByTestId("verdict")).toBeVisible();
    expect(failed()).toBe(1);
  });

  test("a figure's script cannot be had: its picture shows, with a word and Try again", async ({ page }) => {
    await fail(page, /define-.*\.js/, 99); // also for the figures near it
    await page.goto("./?engine=cpu");
    const figure = page.locator("lr-diversity");
    await figure.scrollIntoViewIfNeeded();
    await expect(figure.getByRole("alert")).toContainText("This figure could not be loaded.");
    await expect(figure.locator("img").first()).toBeVisible();
    await figure.getByRole("button", { name: "Try again" }).click();
    await expect(figure.getByRole("alert")).toContainText("This figure could not be loaded.");
    await page.unrouteAll();
    await figure.getByRole("button", { name: "Try again" }).click();
    await expect(figure.getByTestId("verdict")).toBeVisible();
  });

  test("a figure of another page says that it could not be loaded, and no longer once it is", async ({ page }) => {
    await page.route(/lib\/ablate.*\.js/, (route) => route.abort());
    await page.goto("./embed.html?figure=ablate");
    const figure = page.locator("lr-ablate");
    await expect(figure.getByRole("alert")).toContainText("This figure could not be loaded.");
    await page.unrouteAll();
    await figure.getByRole("button", { name: "Try again" }).click();
    await expect(figure.getByTestId("finding")).not.toBeEmpty();
    await expect(figure.getByRole("alert")).toHaveCount(0);
  });

  for (const [name, how] of Object.entries({
    "cannot be had": (route: Route) => route.abort(),
    "lacks a part of it": (route: Route) => route.fulfill({ contentType: "text/javascript", body: 'import "./none.js";' }),
  })) test(`the main script ${name}: every answer, every tab and every picture of the report shows`, async ({ page }) => {
    await page.route(/assets\/index-.*\.js/, how);
    await page.goto("./");
    const hidden = page.locator("[data-answers], .tabs > section");
    expect(await hidden.count()).toBeGreaterThan(8);
    for (const part of await hidden.all()) await expect(part).toBeVisible();
    const pictures = page.locator(".static img");
    expect(await pictures.count()).toBeGreaterThan(10);
    for (const picture of await pictures.all()) await expect(picture).toBeVisible();
  });

  test("a page that was updated on the server says so, and keeps what was trained", async ({ page }) => {
    const article = new Article(page);
    await article.open("?engine=cpu");
    await article.trainPast(60);
    await expect.poll(() => keptSteps(page)).not.toEqual([]);
    // The server has another page now, and none of this one's scripts.
    await page.route(/define-.*\.js/, (route) => route.fulfill({ status: 404 }));
    await page.route(/127\.0\.0\.1:\d+\/$/, (route) => route.fulfill({ contentType: "text/html", body: "<script type=module src=./assets/index-new.js></script>" }));
    await page.locator("lr-diversity").scrollIntoViewIfNeeded();
    await expect(page.locator(".notice-box")).toContainText("This page has been updated since you opened it.");
    await page.unrouteAll();
    await page.locator(".notice-box").getByRole("button", { name: "Reload" }).click();
    await expect(page.locator(".notice-box")).toContainText("is kept in this browser");
  });

  test("a question that fails is told at the figure that asked, and asked again", async ({ page }) => {
    const article = new Article(page);
    await page.goto("./?engine=cpu");
    await expect(article.state).toHaveAttribute("data-phase", "ready");
    const ablate = await article.figure("lr-ablate");
    await article.run((run) => {
      // Of the cockpit too, which shows the same cut and may ask first.
      const { ablate: asked } = run.client;
      run.client.ablate = () => Promise.reject(new Error("no such luck"));
      Object.assign(globalThis, { mend: () => { run.client.ablate = asked; } });
    });
    await ablate.getByRole("button", { name: "EP", exact: true }).click();
    await expect(ablate.getByTestId("error")).toContainText("This could not be computed: no such luck.");
    await expect(article.error).toHaveCount(0);
    await page.evaluate(() => { (globalThis as unknown as { mend(): void }).mend(); });
    await ablate.getByRole("button", { name: "Try again" }).click();
    await expect(ablate.getByTestId("finding")).toContainText("Without EP");
    await expect(ablate.getByTestId("ablation")).toHaveAttribute("aria-busy", "false");
    await expect(ablate.getByTestId("error")).toHaveCount(0);
  });
});

test("a reload in mid-training loses nothing beyond the last snapshot: Resume is offered, and goes on", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu&ablate=EP");
  await article.button("Train").click();
  await expect.poll(() => article.step()).toBeGreaterThan(120);
  const before = await article.step();
  await page.reload();
  const box = page.locator(".notice-box");
  await expect(box).toContainText(/A run of today at .* is kept in this browser, at step \d+/);
  // Offered, not forced.
  await expect(article.state).toHaveText("Untrained. Press Train.");
  await box.getByRole("button", { name: "Resume" }).click();
  await expect(article.state).toHaveText(/^Paused at step/);
  const after = await article.step();
  expect(before - after).toBeLessThanOrEqual(100); // a snapshot is fifty steps, and the reload takes time
  expect(after).toBeGreaterThanOrEqual(100);
  const losses = await article.losses();
  expect(losses).toHaveLength(after);
  expect(await article.run((run) => run.kept)).toContain(50); // the time machine too
  await article.trainPast(after + 20);

  await page.reload();
  await box.getByRole("button", { name: "Forget everything" }).click();
  await expect.poll(() => keptSteps(page)).toEqual([]);
  await page.reload();
  await expect(article.state).toHaveAttribute("data-phase", "ready");
  await page.waitForTimeout(500); // nothing is there that could be waited for
  await expect(box).toHaveCount(0);
});

test("a run that another tab holds is offered when that tab is closed, and what is said meanwhile does not cost the offer", async ({ page, context }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.trainPast(60);
  await article.run((run) => run.pause());
  await expect.poll(() => keptSteps(page)).not.toEqual([]);
  const other = await context.newPage();
  await new Article(other).open("?engine=cpu");
  const box = other.locator(".notice-box");
  await other.waitForTimeout(4_000); // longer than a page is given that is being reloaded
  await expect(box).toHaveCount(0);
  await page.close();
  await expect(box).toContainText("is kept in this browser");
  const drag = (type: string) => other.evaluate((type) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["x"], "x.txt"));
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true }));
  }, type);
  await drag("dragenter");
  await expect(box).toContainText("Drop a model");
  await drag("dragleave");
  await box.getByRole("button", { name: "Resume" }).click();
  await expect(other.getByTestId("state")).toHaveText(/^Paused at step/);
});

test("where storage is refused it is said once, and nothing else is lost", async ({ page }) => {
  await page.addInitScript(() => { Object.defineProperty(globalThis, "indexedDB", { value: { open: () => { throw new DOMException("refused", "SecurityError"); } } }); });
  const article = new Article(page);
  await article.open("?engine=cpu");
  await expect(page.locator(".notice-box")).toContainText("This browser keeps nothing over a reload");
  await page.locator(".notice-box").getByRole("button", { name: "Close" }).click();
  await article.trainPast(60);
  await expect(page.locator(".notice-box")).toBeHidden();
});

test("an experiment's measurements and a session's file come back", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.trainPast(60);
  const step = await article.step();
  const slope = page.locator("lr-slope");
  await slope.scrollIntoViewIfNeeded();
  await slope.getByRole("button", { name: "Run", exact: true }).click();
  const state = slope.getByTestId("experiment-state");
  await expect.poll(async () => Number(await state.getAttribute("data-done")), { timeout: 90_000 }).toBeGreaterThan(0);
  await slope.getByRole("button", { name: "Cancel", exact: true }).click();
  const done = await state.getAttribute("data-done");
  await page.reload();
  await slope.scrollIntoViewIfNeeded();
  await expect(state).toHaveAttribute("data-done", done ?? "");

  const kept = page.locator("lr-kept");
  await page.locator("lr-lab").scrollIntoViewIfNeeded();
  await kept.scrollIntoViewIfNeeded();
  await expect(kept.getByTestId("kept")).toContainText("kept by itself");
  const [file] = await Promise.all([page.waitForEvent("download"), kept.getByRole("button", { name: "Save the session to a file" }).click()]);
  const path = await file.path();
  await kept.getByRole("button", { name: "Forget everything" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget everything" }).click();
  await expect(kept.getByTestId("kept")).toHaveText("Nothing is kept yet.");
  await kept.locator("#session").setInputFiles(path);
  await expect(kept.getByRole("status")).toContainText(/^1 run and the measurements of 1 experiment from .+ are kept here now\.$/);
  await kept.getByRole("button", { name: "Open as Run A" }).click();
  await expect(article.state.first()).toHaveText(`Paused at step ${step}.`);

  for (const [name, bytes, says] of [
    ["garbage.zip", Buffer.from("no zip"), "it is no zip file, as a session is."],
    ["empty.zip", Buffer.from("504b0506000000000000000000000000000000000000", "hex"), "it has no session.json"],
  ] as const) {
    await kept.locator("#session").setInputFiles({ name, mimeType: "application/zip", buffer: bytes });
    await expect(kept.getByRole("alert")).toContainText(`${name} was not opened: ${says}`);
  }
});
