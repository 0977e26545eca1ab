// The Share button: a link that shows others what the reader saw, a run that was trained among it.
import type { Page } from "@playwright/test";
import { Article } from "./article";
import { expect, test } from "./harness";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

/** A page whose clipboard and share sheet are ours to read; `sheet`: whether the browser has one. */
async function listen(page: Page, sheet: boolean): Promise<void> {
  await page.addInitScript((sheet) => {
    const given: { copied: string[]; shared: ShareData[] } = { copied: [], shared: [] };
    Object.assign(globalThis, { given });
    Object.defineProperty(navigator, "clipboard", { value: { writeText: (text: string) => { given.copied.push(text); return Promise.resolve(); } } });
    const share = (data: ShareData) => { given.shared.push(data); return Promise.reject(new DOMException("closed", "AbortError")); };
    if (sheet) Object.defineProperty(navigator, "share", { value: share });
    else Reflect.deleteProperty(Navigator.prototype, "share");
  }, sheet);
}

function given(page: Page): Promise<{ copied: string[]; shared: { title: string; url: string }[] }> {
  return page.evaluate(() => (globalThis as unknown as { given: { copied: string[]; shared: { title: string; url: string }[] } }).given);
}

const said = (page: Page) => page.locator(".notice-box");

test("a link shows the strip and the cut that the reader saw, and the title says the cut", async ({ page }) => {
  await listen(page, false);
  await page.goto("./");
  const hero = page.locator("lr-hero");
  await hero.getByRole("button", { name: "Reverse it" }).click();
  await hero.getByTestId("object-0").press("ArrowLeft");
  await expect(page).toHaveTitle(/^With EP reversed · Left, right/);
  await page.getByRole("button", { name: "Share" }).click();
  await expect(said(page)).toContainText("The link is copied. It shows what you see.");
  const [link = ""] = (await given(page)).copied;
  expect(link).not.toContain("start=");
  await page.goto("about:blank");
  await page.goto(link);
  await expect(hero.getByTestId("verdict")).toHaveText("Wrong, both ways round.");
  await expect(hero.getByTestId("object-0")).toHaveAttribute("aria-valuenow", "2");
  // Negative control: the page as it opens has neither.
  await page.goto("./");
  await expect(hero.getByTestId("verdict")).toHaveText("Right, both ways round.");
  await expect(page).toHaveTitle(/^Left, right/);
});

test("a link shows the moment of the shipped model's past that the sharer saw, and the address says it", async ({ page }) => {
  await listen(page, false);
  await page.setViewportSize({ width: 1280, height: 800 });
  const article = new Article(page);
  await article.open("?engine=cpu", "trained");
  const machine = article.cockpit.getByLabel("Time machine");
  await machine.fill("20");
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("500");
  await expect.poll(() => new URL(page.url()).searchParams.get("step")).toBe("500");
  await page.getByRole("button", { name: "Share" }).click();
  await expect.poll(async () => (await given(page)).copied.length).toBe(1);
  const [link = ""] = (await given(page)).copied;
  await page.goto("about:blank");
  await page.goto(link);
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("500");
  await expect(article.finding).toContainText("At step 500");
  await expect(article.button("Follow the text")).toBeVisible(); // the text has not set it
  // Negative control: the latest is no moment of the past.
  await machine.fill("40");
  await expect.poll(() => new URL(page.url()).searchParams.get("step")).toBeNull();
  // An embedded figure has no past to show.
  const train = await article.figure("lr-ablate");
  await machine.fill("20");
  await train.locator("[data-testid=embed] summary").click();
  await train.getByRole("button", { name: "Copy as an element" }).click();
  await expect.poll(async () => (await given(page)).copied.at(-1)).toMatch(/^<script.*<lr-ablate[^>]*>/s);
  expect((await given(page)).copied.at(-1)).not.toContain("step=");
});

test("a trained run is trained again where its link is opened: said, cancelled or done", async ({ page }) => {
  await listen(page, false);
  const article = new Article(page);
  await article.open("?engine=cpu&d_model=64&seed=5");
  await article.run((run) => run.train(120));
  await page.getByRole("button", { name: "Share" }).click();
  await expect(said(page)).toContainText("It trains your model again where it is opened, 120 steps");
  const [link = ""] = (await given(page)).copied;
  expect(new URL(link).searchParams.get("steps")).toBe("120");
  const losses = await article.losses();

  await page.goto("about:blank");
  await page.goto(link);
  await expect(article.state).toHaveText(/^(Trained for|Paused at step) 120/);
  expect(await article.step()).toBe(120);
  expect(await article.losses()).toEqual(losses);

  await page.goto("about:blank");
  await page.goto(link.replace("steps=120", "steps=100000"));
  await expect(said(page)).toContainText(/This link trains its model again on your machine: 100,000 steps(, about .*)?\./);
  await said(page).getByRole("button", { name: "Cancel" }).click();
  await expect(said(page)).toContainText(/Cancelled at step [\d,]+ of 100,000/);
  await expect(article.state).toHaveAttribute("data-phase", "paused");
});

test("a notice that says more keeps the button that has the focus", async ({ page }) => {
  await page.goto("./?engine=cpu&start=training&steps=20000");
  const box = said(page);
  const cancel = box.getByRole("button", { name: "Cancel" });
  await cancel.focus();
  const first = await cancel.elementHandle();
  expect(await box.innerText()).not.toContain("about"); // negative control: it has more to say
  await expect(box).toContainText("about");
  expect(await first.evaluate((button) => button.isConnected && document.activeElement === button)).toBe(true);
  await page.keyboard.press("Enter");
  await expect(box).toContainText("Cancelled at step");
});

test("a device's own sheet is taken where there is one, and closing it is an answer", async ({ page }) => {
  await listen(page, true);
  await page.goto("./?ablate=EP");
  await expect(page.locator("lr-hero").getByTestId("verdict")).toBeVisible();
  await page.getByRole("button", { name: "Share" }).click();
  await expect.poll(async () => (await given(page)).shared.length).toBe(1);
  const { copied, shared } = await given(page);
  expect(shared[0]?.url).toMatch(/\?ablate=EP$/);
  expect(shared[0]?.title).toMatch(/^Without EP · /);
  expect(copied).toEqual([]);
  await expect(said(page)).toHaveCount(0);
});

test("steps that are no number of steps are said and left out", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu&steps=all");
  await expect(article.notices).toContainText("steps is “all”, but must be a whole number between 1 and 1000000. It is left out.");
});

test("links to the page come with its picture", async ({ page, request }) => {
  await page.goto("./");
  const card = await page.locator('meta[property="og:image"]').getAttribute("content");
  const picture = await (await request.get(card ?? "")).body();
  // A PNG says its size after its first sixteen bytes.
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1200, 630]);
});
