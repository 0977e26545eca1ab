// The view beside the text: it follows what is read, keeps what the reader sets, and shows the model at work, now and in its past.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { Article } from "./article";
import { expect, test } from "./harness";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

/** Scrolls a paragraph of the walk to where it is read. */
async function read(page: Page, words: string): Promise<void> {
  await page.locator(".walk [data-shows]", { hasText: words }).evaluate((paragraph) => {
    const { top } = paragraph.getBoundingClientRect();
    scrollTo({ top: scrollY + top - 0.4 * innerHeight, behavior: "instant" });
  });
}

async function opened(page: Page): Promise<Article> {
  await page.setViewportSize({ width: 1280, height: 800 });
  const article = new Article(page);
  await article.open("?engine=cpu", "trained");
  // The answers to the guesses are read like the rest.
  await page.evaluate(() => { document.documentElement.setAttribute("guess", "off"); });
  await expect(article.cockpit.getByTestId("captions-strip")).toBeAttached();
  return article;
}

const WITHOUT_EP = "Why exactly one half?";
const WHOLE = "Now look at all four heads.";

test("a paragraph sets the model to what it speaks of, back and forth, and the address says nothing of it", async ({ page }) => {
  const article = await opened(page);
  await read(page, WHOLE);
  await expect(article.button("EP")).toHaveAttribute("aria-pressed", "false");
  await expect(article.cockpit.getByTestId("captions-strip")).toHaveAttribute("data-answer", "right");
  for (const guess of ["cut", "reverse"]) await page.locator(`[data-answers=${guess}]`).evaluate((answer) => { answer.removeAttribute("hidden"); });
  await read(page, WITHOUT_EP);
  await expect(article.button("EP")).toHaveAttribute("aria-pressed", "true");
  await expect(article.cockpit.getByTestId("object-0")).toHaveAttribute("aria-valuenow", "8");
  // The strip and its exchange get one answer, which is right for one of them.
  await expect(article.cockpit.getByTestId("verdict")).toContainText("The same answer both ways round");
  await read(page, "leans the other way");
  await expect(article.cockpit.getByTestId("verdict")).toContainText("Wrong, both ways round");
  await expect(article.finding).toContainText("With EP reversed");
  await read(page, WHOLE);
  await expect(article.button("EP")).toHaveAttribute("aria-pressed", "false");
  await expect(article.cockpit.getByTestId("verdict")).toContainText("Right, both ways round");
  await page.evaluate(() => { scrollTo({ top: 0, behavior: "instant" }); });
  expect(new URL(page.url()).search).toBe("?engine=cpu&start=trained");
});

test("what the text sets is not the reader's decision: a drag and training write none of it to the address", async ({ page }) => {
  const article = await opened(page);
  await page.locator("[data-answers=cut]").evaluate((answer) => { answer.removeAttribute("hidden"); });
  await read(page, WITHOUT_EP);
  await expect(article.button("EP")).toHaveAttribute("aria-pressed", "true");
  await article.cockpit.getByTestId("object-0").press("ArrowLeft");
  await expect.poll(() => new URL(page.url()).searchParams.get("strip")).not.toBeNull();
  expect(new URL(page.url()).searchParams.get("ablate")).toBeNull();
  await article.run((run) => run.train(120));
  await expect(article.button("EP")).toHaveAttribute("aria-pressed", "true"); // still shown
  expect(new URL(page.url()).searchParams.get("ablate")).toBeNull();
  // Negative control: what the reader presses is written.
  await article.button("PP").click();
  await expect.poll(() => new URL(page.url()).searchParams.get("ablate")).toContain("PP");
});

test("what the reader has set stays until they follow the text again", async ({ page }) => {
  const article = await opened(page);
  await read(page, WHOLE);
  await expect(article.button("Follow the text")).toBeHidden();
  await article.button("PP").click();
  await expect(article.button("Follow the text")).toBeVisible();
  await page.locator("[data-answers=cut]").evaluate((answer) => { answer.removeAttribute("hidden"); });
  await read(page, WITHOUT_EP);
  await expect(article.cockpit.locator("figure")).toBeVisible();
  await page.waitForTimeout(300);
  await expect(article.button("PP")).toHaveAttribute("aria-pressed", "true");
  await expect(article.button("EP")).toHaveAttribute("aria-pressed", "false");
  await article.button("Follow the text").click();
  await expect(article.button("EP")).toHaveAttribute("aria-pressed", "true");
  await expect(article.button("Follow the text")).toBeHidden();
});

test("a step that the reader turns to while another is on its way is theirs", async ({ page }) => {
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/paper-history*", async (route) => { await held; await route.continue(); });
  const article = await opened(page);
  await read(page, "Then come the names."); // sets the model to step 250
  await expect.poll(() => page.locator(".walk > lr-cockpit").getAttribute("data-lit")).toContain("time");
  await article.cockpit.getByLabel("Time machine").fill("20");
  await read(page, "Now watch it grow"); // would set it to step 0
  await expect(article.button("Follow the text")).toBeVisible();
  release?.();
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("500");
  await page.waitForTimeout(300);
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("500");
  await article.button("Follow the text").click();
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("0");
});

test("what is set in the head of the article ends where the walk begins, and is said in the worked example", async ({ page }) => {
  const article = await opened(page);
  const hero = page.locator("lr-hero");
  await hero.getByRole("button", { name: "Reverse it" }).click();
  const follow = page.locator("lr-follow");
  await follow.scrollIntoViewIfNeeded();
  await expect(follow.getByTestId("cut")).toContainText("With EP reversed, as you have set it.");
  await read(page, WHOLE);
  await expect(article.button("EP")).toHaveAttribute("aria-pressed", "false");
  await expect(article.button("Follow the text")).toBeHidden();
  // Negative control: what is set in the cockpit stays.
  await article.button("PP").click();
  await read(page, "Only now the line leans in earnest.");
  await expect(article.button("PP")).toHaveAttribute("aria-pressed", "true");
});

test("a model that trains while one reads of its past is shown as it is", async ({ page }) => {
  const article = await opened(page);
  const state = article.cockpit.getByTestId("state");
  await page.evaluate(() => { scrollTo({ top: 0, behavior: "instant" }); });
  const trained = article.run((run) => run.train(300));
  await expect(state).toHaveText(/^Training: step/);
  await read(page, "Now watch it grow"); // sets the model to step 0, which is kept by now
  await expect.poll(() => page.locator(".walk > lr-cockpit").getAttribute("data-lit")).toContain("time");
  await trained;
  await expect(state).toHaveText(/^Trained for 300 steps/);
  // Negative control: the next paragraph that speaks of a step turns to it, and back again at this one.
  await read(page, "Then come the names.");
  await expect(state).toHaveText("The figures show step 250 of 300.");
  await read(page, "Now watch it grow");
  await expect(state).toHaveText("The figures show step 0 of 300.");
});

test("a term that the past has no record of is cut of the model as it is now", async ({ page }) => {
  const article = await opened(page);
  await read(page, WHOLE);
  const time = article.cockpit.getByRole("slider", { name: "Time machine" });
  const ee = article.button("EE");
  await time.fill("20");
  await expect(article.finding).toContainText("At step 500, on new pairs");
  await ee.click();
  await expect(ee).toHaveAttribute("aria-pressed", "true");
  await expect(article.finding).toContainText(/^Without EE, on new pairs the model names both objects in 0/);
  await expect(time).toHaveAttribute("aria-valuetext", "step 1,000");
  // And the past is shown as it is recorded: whole, and said to be so.
  await time.fill("20");
  await expect(article.finding).toContainText("At step 500, on new pairs");
  await expect(ee).toHaveAttribute("aria-pressed", "false");
});

test("a marked word lights its part, and a pixel that is pointed at is lit in every head", async ({ page }) => {
  const article = await opened(page);
  await read(page, WHOLE);
  const part = article.cockpit.getByTestId("head-2");
  const shadow = () => part.evaluate((head) => getComputedStyle(head).boxShadow);
  expect(await shadow()).toBe("none");
  await page.locator("mark", { hasText: "the head with the steep line" }).hover();
  await expect.poll(shadow).not.toBe("none");
  await page.locator("mark", { hasText: "Three of them" }).focus();
  await expect.poll(shadow).toBe("none");

  const band = article.cockpit.getByTestId("band");
  await expect(band).toHaveCount(0);
  const cell = await article.cockpit.getByTestId("object-0").boundingBox();
  if (!cell) throw new Error("the strip is not drawn");
  await page.mouse.move(cell.x + cell.width / 2, cell.y + cell.height / 2);
  await expect(band).toBeVisible();
  for (const head of [0, 1, 2, 3]) await expect(article.cockpit.getByTestId(`head-${head}`)).toContainText("pixel 3: EP");
  // By keyboard too, and the pixel of an object that has the focus.
  await page.mouse.move(5, 5);
  await expect(band).toHaveCount(0);
  await article.cockpit.getByTestId("object-1").focus();
  await expect(article.cockpit.getByTestId("head-2")).toContainText("pixel 8: EP");
  await article.cockpit.getByRole("application", { name: "The heads" }).focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press("ArrowRight");
  await expect(article.cockpit.getByTestId("head-2")).toContainText("pixel 3: EP +6.7");
});

test("objects are dragged, and the answer follows the strip, but not without EP", async ({ page }) => {
  const article = await opened(page);
  await read(page, WHOLE);
  const strip = article.cockpit.getByTestId("captions-strip");
  await expect(strip).toContainText("✓ right");
  await article.button("EP").click();
  await expect(article.finding).toContainText("a coin toss");
  const wins = strip.locator(".wins");
  const answer = await wins.textContent();
  await article.button("Exchange the two").click();
  await expect(article.cockpit.getByTestId("object-0")).toHaveAttribute("aria-valuenow", "8");
  await expect(strip).toHaveAttribute("data-answer", "wrong");
  const words = (text: string | null) => text?.replace(/ is (true|false)|[\d.\s]/g, "");
  expect(words(await wins.textContent())).toBe(words(answer)); // the same caption
  await article.button("Clear").click();
  await expect(strip).toHaveAttribute("data-answer", "right");
});

test("the shipped model's past: loaded when time is touched, one key one moment, on a fixed scale, and its last moment is the model", async ({ page }) => {
  const loaded: string[] = [];
  page.on("request", (request) => { if (request.url().includes("paper-history")) loaded.push(request.url()); });
  const article = await opened(page);
  await read(page, WHOLE);
  expect(loaded).toEqual([]);
  const machine = article.cockpit.getByLabel("Time machine");
  const steepest = article.cockpit.locator(".steepest .ep circle");
  const heights = () => steepest.evaluateAll((dots) => dots.map((dot) => Number(dot.getAttribute("cy"))));
  const final = await heights();
  await machine.focus();
  for (let press = 0; press < 10; press++) await page.keyboard.press("ArrowLeft");
  await expect(machine).toHaveAttribute("aria-valuetext", "step 750");
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("750");
  expect(loaded.length).toBe(1);
  await expect.poll(heights).not.toEqual(final);
  await page.keyboard.press("Home");
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("0");
  await expect(article.finding).toContainText("has learned nothing yet");
  // At the first step the line is flat on the same axis.
  await expect.poll(async () => Math.max(...(await heights())) - Math.min(...(await heights()))).toBeLessThan(1);
  // Recorded is one strip, with EP and without.
  await article.button("EP").click();
  await page.keyboard.press("Shift+Tab");
  await machine.fill("20");
  await expect(article.finding).toContainText(/^At step 500, without EP, on new pairs .* a coin toss\.$/);
  await article.button("Clear").click();
  await machine.focus();
  await page.keyboard.press("End");
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("1,000");
  await expect.poll(heights).toEqual(final);
});

test("the time line marks where names, the slope and order came, by the run's own evaluations", async ({ page }) => {
  const article = await opened(page);
  const marks = await article.cockpit.locator("[data-mark]").evaluateAll((marks) => marks.map((mark) => [mark.getAttribute("data-mark"), Number(mark.getAttribute("data-step"))]));
  const expected = await page.evaluate(() => {
    interface Evaluation { step: number; slopes: number[]; accuracies: { unseen: { order: number; recognition: number } } }
    const { evaluations } = (globalThis as unknown as { leftright: { run: { evaluations: Evaluation[] } } }).leftright.run;
    const slope = ({ slopes }: Evaluation) => Math.max(...slopes.map(Math.abs));
    const first = (holds: (evaluation: Evaluation) => boolean) => evaluations.find(holds)?.step;
    return [
      ["names", first(({ accuracies }) => accuracies.unseen.recognition >= 0.9)],
      ["slope", first((evaluation) => slope(evaluation) >= 1)],
      ["order", first(({ accuracies }) => accuracies.unseen.order >= 0.9)],
    ];
  });
  expect(marks).toEqual(expected);
  expect(marks.every(([, step]) => Number(step) > 0)).toBe(true);
});

test("the record of the past is small, and ends with the model that ships", async ({ page }) => {
  const file = readFileSync(new URL("../../www/src/run/paper-history.json", import.meta.url));
  const size = brotliCompressSync(file).length / 1000;
  console.log(`the shipped model's past: ${size.toFixed(1)} KB`);
  expect(size).toBeLessThan(120);
  interface Recorded { strips: number[][]; strengths: number[]; moments: { views: { heads: { ep: number[]; attention: number[] }[]; captions: { similarity: number }[] }[][] }[] }
  const { strips, strengths, moments } = JSON.parse(file.toString("utf8")) as Recorded;
  expect(moments).toHaveLength(41);
  await opened(page);
  const now = await page.evaluate(async ({ strips, strengths }) => {
    interface Seen { heads: { terms: { term: string; row: number[] }[]; attention: number[] }[]; captions: { similarity: number }[] }
    interface Run { client: { decompose(scene: object, cut: object[]): Promise<Seen> } }
    const { run } = (globalThis as unknown as { leftright: { run: Run } }).leftright;
    return Promise.all(strips.map((strip) => Promise.all(strengths.map(async (strength) => {
      const { heads, captions } = await run.client.decompose({ strip }, [{ tower: "vision", terms: ["EP"], strength, heads: null }]);
      return [...heads.flatMap(({ terms }) => terms.find(({ term }) => term === "EP")?.row ?? []), ...heads.flatMap(({ attention }) => attention), ...captions.map(({ similarity }) => similarity)];
    }))));
  }, { strips, strengths });
  const largest = (moment: Recorded["moments"][number]) =>
    Math.max(...moment.views.flatMap((views, strip) => views.flatMap(({ heads, captions }, strength) => {
      const recorded = [...heads.flatMap(({ ep }) => ep), ...heads.flatMap(({ attention }) => attention), ...captions.map(({ similarity }) => similarity)];
      return recorded.map((value, i) => Math.abs(value - (now[strip]?.[strength]?.[i] ?? Infinity)));
    })));
  const [before, last] = moments.slice(-2);
  if (!before || !last) throw new Error("nothing is recorded");
  console.log(`recorded and shipped differ by at most ${largest(last).toFixed(4)}; 25 steps earlier by ${largest(before).toFixed(4)}`);
  expect(largest(last)).toBeLessThan(0.02); // three places, and the shipped model's half precision
  expect(largest(before)).toBeGreaterThan(0.05); // negative control: another moment is another model
});

test("Play goes through the past by itself, and steps where motion is not wanted", async ({ page }) => {
  const article = await opened(page);
  const machine = article.cockpit.getByLabel("Time machine");
  await machine.fill("37");
  await article.button("Play").click();
  await expect(machine).toHaveAttribute("aria-valuetext", "step 1,000");
  await expect(article.button("Play")).toBeVisible();

  await page.emulateMedia({ reducedMotion: "reduce" });
  await machine.fill("5");
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("125");
  await article.button("Next").click();
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("150");
  await page.waitForTimeout(600);
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("150");
});

test("Play, Stop and Play again at once is one play, and whoever asks for a moment ends it", async ({ page }) => {
  const article = await opened(page);
  const machine = article.cockpit.getByLabel("Time machine");
  await machine.fill("1"); // the record is fetched
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("25");
  const waits = await page.evaluate(async () => {
    const cockpit = document.querySelector("lr-cockpit[number]")?.shadowRoot;
    const press = (name: string) => { [...(cockpit?.querySelectorAll("button") ?? [])].find(({ textContent }) => textContent.trim() === name)?.click(); };
    const { run } = (globalThis as unknown as { leftright: { run: EventTarget & { seen: number | null } } }).leftright;
    const shown: { step: number | null; time: number }[] = [];
    run.addEventListener("moment", () => {
      if (shown.at(-1)?.step !== run.seen) shown.push({ step: run.seen, time: performance.now() });
    });
    for (const name of ["Play", "Stop", "Play"]) {
      press(name);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    while (shown.length < 9) await new Promise((resolve) => setTimeout(resolve, 50));
    press("Stop");
    // After the one at the start, and the first of each Play.
    return shown.slice(3).map(({ time }, i) => time - (shown[i + 2]?.time ?? 0));
  });
  expect(waits.length).toBeGreaterThan(5);
  expect(Math.min(...waits)).toBeGreaterThan(140); // of two loops, one would come in between
  // The slider ends it.
  await article.button("Play").click();
  await expect(article.button("Stop")).toBeVisible();
  await machine.fill("30");
  await expect(article.button("Play")).toBeVisible();
  await page.waitForTimeout(400);
  await expect(article.cockpit.getByTestId("time-step")).toHaveText("750");
});

test("the wanted moment is the run's: two views of it agree before it is there", async ({ page }) => {
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/paper-history*", async (route) => { await held; await route.continue(); });
  const article = await opened(page);
  await page.evaluate(() => {
    const other = document.createElement("lr-cockpit");
    other.id = "other";
    document.querySelector(".walk")?.before(other);
  });
  const machines = ["lr-cockpit[number]", "#other"].map((name) => page.locator(name).getByLabel("Time machine"));
  const [first, second] = machines;
  await first?.fill("12");
  await expect(second ?? page.locator("none")).toHaveAttribute("aria-valuetext", "step 300");
  await second?.fill("20");
  await expect(first ?? page.locator("none")).toHaveAttribute("aria-valuetext", "step 500");
  expect(await article.run((run) => run.seen)).toBeNull(); // it is on its way
  release?.();
  for (const name of ["lr-cockpit[number]", "#other"]) await expect(page.locator(name).getByTestId("time-step")).toHaveText("500");
});

test("a record of the past that is not this page's is said, and can be asked for again", async ({ page }) => {
  const article = await opened(page);
  await page.route("**/paper-history*", async (route) => {
    const record = (await (await route.fetch()).json()) as { moments: { unseen: unknown[] }[] };
    record.moments[7]?.unseen.pop();
    await route.fulfill({ json: record });
  });
  await article.cockpit.getByLabel("Time machine").fill("20");
  await expect(article.error).toContainText("the record is not of this page’s version");
  await article.button("Play").click();
  await expect(article.button("Stop")).toBeVisible();
  await expect(article.button("Play")).toBeVisible(); // it does not go on for ever
  await page.unrouteAll();
  await article.button("Try again").click();
  await expect(article.error).toHaveCount(0);
});

test("the strength that is turned and cleared again is nothing set by hand", async ({ page }) => {
  const article = await opened(page);
  await read(page, WHOLE);
  const follow = article.button("Follow the text");
  await expect(follow).toBeHidden();
  await article.cockpit.getByLabel(/^Strength/).fill("0.5");
  await expect(follow).toBeVisible(); // negative control
  await article.button("Clear").click();
  await expect(follow).toBeHidden();
});

test("the answer to a guess is hidden until it is given or skipped, and is there for a search", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const article = new Article(page);
  await article.open("?engine=cpu", "trained");
  const guess = page.locator("lr-guess[ask=cut]");
  await guess.scrollIntoViewIfNeeded();
  const answer = page.locator("[data-answers=cut]");
  await expect(answer).toHaveAttribute("hidden", "until-found");
  const said = answer.getByText("and get the same answer, which is right for");
  await expect(said).not.toBeInViewport();
  await guess.getByRole("button", { name: "Skip the question" }).click();
  await expect(answer).not.toHaveAttribute("hidden");
  await expect(said).toBeVisible();
  await expect(page.locator("[data-answers=reverse]")).toHaveAttribute("hidden", "until-found");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("the cockpit comes in steps between the paragraphs, each on one screen, and nothing is wider than the window", async ({ page }) => {
    const article = new Article(page);
    await article.open("?engine=cpu", "trained");
    await page.evaluate(() => { document.documentElement.setAttribute("guess", "off"); });
    const steps = page.locator(".told lr-cockpit");
    expect(await steps.count()).toBeGreaterThanOrEqual(4);
    expect(await steps.evaluateAll((all) => all.map((step) => step.getAttribute("figure")))).toEqual(["2a", "2b", "2c", "2d", "2e", "2f"]);
    for (const step of await steps.all()) {
      await step.evaluate((element) => { element.closest("[hidden]")?.removeAttribute("hidden"); });
      await step.scrollIntoViewIfNeeded();
      await expect(step.getByRole("heading")).toBeVisible();
      await expect(step.getByText(`Figure ${(await step.getAttribute("figure")) ?? ""}`)).toBeVisible();
      await page.waitForTimeout(200);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await expect(page.locator(".walk > lr-cockpit")).toBeHidden();
    // Strip, pointing head, both captions and the shares before and after stand together.
    const cut = page.locator(".told lr-cockpit[heading='Take a term away']");
    const from = await cut.getByTestId("object-0").boundingBox();
    const to = await cut.getByTestId("unseen-order").boundingBox();
    expect((to?.y ?? Infinity) + (to?.height ?? 0) - (from?.y ?? 0)).toBeLessThan(740);
  });

  test("where a question hides the view to try it in, it says so until it is answered", async ({ page }) => {
    await new Article(page).open("?engine=cpu", "trained");
    const guess = page.locator("lr-guess[ask=cut]");
    await guess.scrollIntoViewIfNeeded();
    const hidden = guess.getByText("The next paragraphs are hidden until then");
    await expect(hidden).toContainText("and with them Figure 2d, in which you can try it.");
    await expect(guess.getByText("Figure 2d")).toBeVisible();
    await expect(page.locator("lr-cockpit[figure='2d']").getByRole("heading")).not.toBeInViewport();
    await guess.getByRole("button", { name: "Skip the question" }).click();
    await expect(hidden).toHaveCount(0);
    await expect(page.locator("lr-cockpit[figure='2d']").getByRole("button", { name: "EP", exact: true })).toBeVisible();
    // Beside the text the whole view is there all the while.
    await page.setViewportSize({ width: 1280, height: 800 });
    const other = page.locator("lr-guess[ask=reverse]");
    await other.scrollIntoViewIfNeeded();
    await expect(other.getByText("The next paragraphs are hidden until then")).toBeVisible();
    await expect(other.getByText("Figure 2f")).toBeHidden();
  });

  test("what the reader has set by hand stays, and is given back to the text where it was set", async ({ page }) => {
    const article = new Article(page);
    await article.open("?engine=cpu", "trained");
    await page.evaluate(() => { document.documentElement.setAttribute("guess", "off"); });
    const first = page.locator(".told lr-cockpit").first();
    const follow = first.getByRole("button", { name: "Follow the text" });
    await first.getByRole("button", { name: "Exchange the two" }).click();
    await expect(follow).toBeVisible();
    const at = () => article.run((run) => run.views.placed.positions);
    const set = await at();
    await page.locator("[data-answers=cut]").evaluate((answer) => { answer.removeAttribute("hidden"); });
    await read(page, WITHOUT_EP);
    await page.waitForTimeout(300);
    expect(await at()).toEqual(set);
    await follow.click();
    await expect(follow).toBeHidden();
    await expect.poll(at).not.toEqual(set);
  });
});
