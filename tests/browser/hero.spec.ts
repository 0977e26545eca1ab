// The head of the article: what it does in the first screen, when pressed, dragged and turned by keys, on the model that ships.
import type { Page } from "@playwright/test";
import { Article } from "./article";
import { expect, test } from "./harness";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

/** The head of the page as a reader meets it. */
class Hero {
  readonly all;
  readonly verdict;
  readonly story;

  constructor(readonly page: Page) {
    this.all = page.locator("lr-hero");
    this.verdict = this.all.getByTestId("verdict");
    this.story = this.all.getByTestId("story");
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(`./${query}`);
    await expect(this.button("Reverse it")).toBeVisible();
  }

  button(name: string) {
    return this.all.getByRole("button", { name, exact: true });
  }

  object(object: 0 | 1) {
    return this.all.getByTestId(`object-${object}`);
  }

  /** Where the line stands at each pixel, in percent from the drawing's top. */
  async heights(): Promise<number[]> {
    return this.all.locator("svg.slope .dot").evaluateAll((dots) => dots.map((dot) => parseFloat(dot.getAttribute("cy") ?? "")));
  }

  /** What the marks say, row by row: ✓ a true caption that is chosen, ✗ a false one. */
  async marks(): Promise<string[]> {
    return this.all.getByTestId("fits").locator("tbody td b").allTextContents();
  }

  async atRest(): Promise<number[]> {
    let last = "";
    await expect.poll(async () => {
      const before = last;
      last = String(await this.heights());
      return before === last;
    }).toBe(true);
    return this.heights();
  }
}

const steep = (heights: number[]) => (heights.at(-1) ?? 0) - (heights[0] ?? 0);

for (const [width, height] of [[1280, 720], [360, 740]] as const) {
  test(`in the first screen, ${width} by ${height}: the term is taken away, reversed, put back, and nothing is scrolled`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ reducedMotion: "reduce" });
    const hero = new Hero(page);
    await hero.open();
    for (const part of [hero.object(0), hero.verdict, hero.button("Reverse it"), hero.story]) await expect(part).toBeInViewport({ ratio: 1 });
    await expect(hero.verdict).toHaveText("Right, both ways round.");
    expect(await hero.marks()).toEqual(["✓", "", "", "✓"]);
    expect(steep(await hero.heights())).toBeGreaterThan(50); // it falls from left to right

    await hero.button("Take the term away").click();
    await expect(hero.verdict).toHaveText("The same answer both ways round: a coin toss.");
    expect(await hero.marks()).toEqual(["✓", "✗", "", ""]);
    expect(steep(await hero.heights())).toBe(0);
    await expect(hero.button("Take the term away")).toBeFocused();

    await hero.button("Reverse it").click();
    await expect(hero.verdict).toHaveText("Wrong, both ways round.");
    expect(await hero.marks()).toEqual(["", "✗", "✗", ""]);
    expect(steep(await hero.heights())).toBeLessThan(-50);

    await hero.button("Put it back").click();
    await expect(hero.verdict).toHaveText("Right, both ways round.");
    await expect(hero.story).toBeInViewport({ ratio: 1 });
    expect(await page.evaluate(() => scrollY)).toBe(0);

    // Negative control: a term that tells nothing of sides changes neither the line nor the verdict.
    await page.goto("./?ablate=PP");
    await expect(hero.story).toContainText("Without PP the model still tells");
    await expect(hero.verdict).toHaveText("Right, both ways round.");
    expect(steep(await hero.heights())).toBeGreaterThan(50);
  });
}

test("objects are dragged and moved by arrow keys, and every figure shows what the head of the page did", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  const hero = new Hero(page);
  await hero.open();
  const [from, cell] = [await hero.object(0).boundingBox(), (await hero.all.locator("lr-strip").boundingBox())?.width];
  if (!from || cell === undefined) throw new Error("the strip is not drawn");
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width / 2 + (6 * cell) / 10, from.y + 20, { steps: 8 });
  await page.mouse.up();
  await expect(hero.object(0)).toHaveAttribute("aria-valuenow", "9");
  // 16 is the one on the right now: the caption in the second row is true of this strip.
  await expect.poll(() => hero.marks()).toEqual(["", "✓", "✓", ""]);
  await hero.object(1).press("ArrowRight"); // over the other, to the far end
  await expect(hero.object(1)).toHaveAttribute("aria-valuenow", "10");
  await expect.poll(() => hero.marks()).toEqual(["✓", "", "", "✓"]);

  await hero.button("Reverse it").click();
  const gradient = await new Article(page).figure("lr-gradient");
  await expect(gradient.getByTestId("finding")).toContainText("With EP reversed");
  await expect(gradient.getByTestId("object-1")).toHaveAttribute("aria-valuenow", "10");
  await expect(page).toHaveURL(/\?ablate=EP&strength=-1&strip=/);
  await page.goBack();
  await expect(hero.verdict).toHaveText("Right, both ways round.");
});

test("a line that changes is seen to move, and jumps where the reader wants no motion", async ({ page }) => {
  /** The heights of the first point in each frame, until nothing moves. */
  const seen = async () => {
    const hero = new Hero(page);
    await hero.open();
    await hero.atRest();
    await page.evaluate(() => {
      const seen = new Set<string>();
      Object.assign(globalThis, { seen });
      const look = () => {
        seen.add(document.querySelector("lr-hero svg.slope .dot")?.getAttribute("cy") ?? "");
        requestAnimationFrame(look);
      };
      look();
    });
    await hero.button("Reverse it").click();
    await expect(hero.verdict).toHaveText("Wrong, both ways round.");
    await hero.atRest();
    return page.evaluate(() => (globalThis as unknown as { seen: Set<string> }).seen.size);
  };
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await seen()).toBe(2);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  expect(await seen()).toBeGreaterThan(3);
});

/** The words and numbers of the drawing, as they are read. */
async function read(page: Page): Promise<string[]> {
  return page.locator("lr-hero").locator("svg.slope text, svg.attention text, tbody th, tbody td, .verdict").allTextContents();
}

test("without a script stands the same drawing, with the same numbers and nothing to press", async ({ page, browser }, { project }) => {
  const hero = new Hero(page);
  await hero.open();
  await hero.atRest();
  const still = await browser.newPage({ javaScriptEnabled: false, ...(project.use.baseURL === undefined ? {} : { baseURL: project.use.baseURL }) });
  await still.goto("./");
  const words = (texts: string[]) => texts.map((text) => text.replace(/\s+/g, " ").trim());
  expect(words(await read(still))).toEqual(words(await read(page)));
  expect((await read(still)).length).toBeGreaterThan(8);
  await expect(still.locator("lr-hero svg.strip")).toBeVisible();
  await expect(still.locator("lr-hero button")).toHaveCount(0);
  await still.close();
  // Negative control: other numbers read otherwise.
  await hero.button("Take the term away").click();
  await expect.poll(async () => words(await read(page))).toContain("0.0");
});

for (const width of [360, 768, 1280]) {
  test(`its parts stand where they stood before it was alive, ${width} px wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    let open = () => undefined as unknown;
    const opened = new Promise<void>((resolve) => { open = resolve; });
    await page.route("**/*.wasm", async (route) => {
      await opened;
      await route.continue();
    });
    await page.goto("./");
    const hero = new Hero(page);
    const tops = () => hero.all.locator("svg.slope, table, .verdict, .story").evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().top));
    await expect(hero.all.locator(".static")).toBeVisible();
    const before = await tops();
    expect(before).toHaveLength(4);
    open();
    await expect(hero.button("Reverse it")).toBeVisible();
    expect(await tops()).toEqual(before);
    // Negative control: a part that moves is seen to.
    await hero.verdict.evaluate((verdict) => { verdict.style.paddingTop = "1px"; });
    expect(await tops()).not.toEqual(before);
  });
}

test("an untrained model, and one that cannot be had, are said to be so", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu", "untrained");
  await expect(new Hero(page).story).toContainText("This model has learned nothing yet");
});
