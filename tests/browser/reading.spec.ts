// The article as something to read: without a script, without the page moving, on a phone, word by word.
import { readFileSync, readdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { Article } from "./article";
import { expect, test } from "./harness";

/** Scrolls from top to bottom as a reader would, so that everything further down is loaded. */
async function readThrough(page: Page): Promise<void> {
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < (await height()); y += 500) {
    await page.mouse.wheel(0, 500);
    await page.waitForTimeout(80);
  }
}

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the whole argument is there, its formulae and the report's pictures too", async ({ page }) => {
    await page.goto("./");
    for (const section of ["Why CLIP mixes up left and right", "Break it", "How we checked", "Glossary"]) {
      await expect(page.getByRole("heading", { name: section, exact: true })).toBeVisible();
    }
    await expect(page.getByText("and get the same answer, which is right for one of them.")).toBeVisible(); // an answer that a script would hide
    await expect(page.locator("math")).toHaveCount(4);
    await expect(page.locator("lr-hero svg.slope")).toBeVisible();
    // Each figure has a sentence and a picture in its place, and no button that would do nothing.
    const pictures = page.locator("main .static img");
    await expect(pictures).toHaveCount(17);
    for (const picture of await pictures.all()) {
      await picture.scrollIntoViewIfNeeded();
      await expect(picture).toHaveJSProperty("complete", true);
      // The page leaves as much room for it as it takes.
      const { drawn, said } = await picture.evaluate((image: HTMLImageElement) => ({ drawn: [image.naturalWidth, image.naturalHeight], said: ["width", "height"].map((name) => Number(image.getAttribute(name))) }));
      expect(said).toEqual(drawn);
      expect(Math.min(...drawn)).toBeGreaterThan(100);
    }
    await expect(page.locator("button:visible")).toHaveCount(0);
  });
});

test("no word of the report's pictures is cut off", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
  const cutOff = async (name: string, svg: string) => {
    await page.setContent(svg);
    const words = await page.evaluate(() => {
      const { x, width } = document.querySelector("svg")?.viewBox.baseVal ?? new DOMRect();
      const texts = [...document.querySelectorAll("text")].filter((text) => !text.hasAttribute("transform"));
      const ends = (box: DOMRect) => box.x < x || box.x + box.width > x + width;
      return texts.filter((text) => ends(text.getBBox())).map((text) => text.textContent);
    });
    return words.map((word) => `${name}: ${word}`);
  };
  const folder = new URL("../../figures/", import.meta.url);
  const names = readdirSync(folder);
  expect(names.length).toBeGreaterThan(40);
  const found: string[] = [];
  for (const name of names) found.push(...(await cutOff(name, readFileSync(new URL(name, folder), "utf8"))));
  expect(found).toEqual([]);
  expect(await cutOff("control", '<svg viewBox="0 0 100 20"><text y="15">words that go on beyond the edge</text></svg>')).toHaveLength(1);
});

test("a reader who jumps back to the cockpit finds it at rest, whatever loads above it", async ({ page }) => {
  const article = new Article(page);
  await article.open();
  await page.locator("lr-lab").evaluate((lab) => { lab.scrollIntoView(); });
  const { drawn, moved } = await article.button("Train").evaluate(async (button) => {
    button.scrollIntoView({ block: "center" });
    const { top } = button.getBoundingClientRect();
    const guesses = () => [...document.querySelectorAll(".told lr-guess")].every((guess) => guess.shadowRoot);
    const before = guesses();
    let moved = 0;
    for (const end = performance.now() + 2000; performance.now() < end;) {
      await new Promise(requestAnimationFrame);
      moved = Math.max(moved, Math.abs(button.getBoundingClientRect().top - top));
    }
    return { drawn: [before, guesses()], moved };
  });
  expect(drawn).toEqual([false, true]);
  expect(moved).toBeLessThan(2);
});

for (const width of [320, 1280]) {
  test(`nothing moves as the figures wake, and nothing is cut off, ${width} px wide`, async ({ page }, { project }) => {
    test.skip(project.name === "webgpu", "the page is the same");
    await page.setViewportSize({ width, height: 800 });
    await page.addInitScript(() => {
      const shifts: { value: number; moved: string[] }[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Node | null }[] })[]) {
          shifts.push({ value: entry.value, moved: entry.sources.map(({ node }) => node?.nodeName ?? "") });
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    const shifts = () => page.evaluate(() => (globalThis as unknown as { shifts: { value: number; moved: string[] }[] }).shifts);
    const sum = async () => (await shifts()).reduce((sum, { value }) => sum + value, 0);
    await new Article(page).open("?engine=cpu");
    await readThrough(page);
    expect(await page.locator("main [number]:not(:defined):visible, lr-guess:not(:defined)").count(), "all are awake").toBe(0);
    console.log(`layout shift at ${width} px: ${(await sum()).toFixed(4)}`);
    expect(await sum(), JSON.stringify(await shifts())).toBeLessThan(0.02);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    // Negative control: what does move is counted.
    await page.evaluate(() => {
      scrollTo(0, 0);
      const block = document.createElement("div");
      block.style.height = "300px";
      document.querySelector("h1")?.before(block);
    });
    await expect.poll(sum).toBeGreaterThan(0.02);
  });
}

for (const width of [360, 1280]) {
  test(`the page is as tall before its script is there as after, ${width} px wide`, async ({ page }, { project }) => {
    test.skip(project.name === "webgpu", "the page is the same");
    await page.setViewportSize({ width, height: 740 });
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(/assets\/index-.*\.js/, async (route) => { await held; await route.continue(); });
    await page.goto("./?engine=cpu", { waitUntil: "commit" });
    const height = () => page.evaluate(() => document.documentElement.scrollHeight);
    await expect.poll(() => page.evaluate(() => document.readyState)).toBe("interactive"); // all of it is here
    await expect(page.locator("html")).toHaveAttribute("data-script", "coming");
    const before = await height();
    // Negative control: where the script is not waited for, all that it would hide is shown.
    await page.evaluate(() => { delete document.documentElement.dataset.script; });
    expect(await height()).toBeGreaterThan(before + 4_000);
    await page.evaluate(() => { document.documentElement.dataset.script = "coming"; });
    release?.();
    await expect(page.getByRole("tab").first()).toBeAttached();
    await expect(page.locator("html")).not.toHaveAttribute("data-script");
    await expect(page.locator("lr-hero .controls")).toBeVisible();
    const after = await height();
    console.log(`at ${width} px: ${before} px before the script, ${after} after`);
    expect(Math.abs(after - before)).toBeLessThan(500);
  });
}

test("a reader with large type on a phone need not scroll the page sideways", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
  await page.setViewportSize({ width: 320, height: 800 });
  await new Article(page).open("?engine=cpu");
  await readThrough(page);
  const browser = await page.context().newCDPSession(page);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  for (const percent of [125, 150, 200]) {
    await browser.send("Page.setFontSizes", { fontSizes: { standard: Math.round(16 * percent / 100) } });
    await expect.poll(() => page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe(`${Math.round(16 * percent / 100)}px`);
    await expect.poll(width, `type at ${percent} %`).toBe(320);
  }
  // Negative control: what is too wide is noticed.
  await page.evaluate(() => { document.querySelector("h1")?.style.setProperty("width", "400px"); });
  await expect.poll(width).toBeGreaterThan(320);
});

test("every link within the page leads somewhere", async ({ page }) => {
  await new Article(page).open("?engine=cpu");
  const links = await page.locator("a[href^='#']").evaluateAll((links) => links.map((link) => link.getAttribute("href")?.slice(1) ?? ""));
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter((id) => id === "" || id.includes("#"))).toEqual([]);
  const missing = await page.evaluate((ids) => ids.filter((id) => !document.getElementById(id)), links);
  expect(missing).toEqual([]);
  // No definition that no word leads to, and no id twice.
  const unused = await page.locator("dl.glossary dt").evaluateAll((words, links) => words.map(({ id }) => id).filter((id) => !links.includes(id)), links);
  expect(unused).toEqual([]);
  const ids = await page.locator("[id]").evaluateAll((elements) => elements.filter((e) => e.getRootNode() === document).map(({ id }) => id));
  expect(ids).toEqual([...new Set(ids)]);
});

test("a word explains itself under the pointer and on focus, and Escape puts that away", async ({ page }) => {
  await page.goto("./");
  const peek = page.locator("#peek");
  const word = page.locator("a.term", { hasText: "strip" }).first();
  const definition = await page.locator("#g-strip + dd").textContent();

  await word.hover();
  await expect(peek).toBeVisible();
  await expect(peek).toContainText(definition ?? "no definition");
  await peek.hover(); // it can be reached
  await page.waitForTimeout(400);
  await expect(peek).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(peek).toBeHidden();

  await word.hover();
  await expect(peek).toBeVisible();
  await page.mouse.move(5, 5);
  await expect(peek).toBeHidden();

  await word.focus();
  await expect(peek).toBeVisible();
  await expect(word).toHaveAccessibleDescription(/row|image of ten pixels/);
  await page.keyboard.press("Escape");
  await expect(peek).toBeHidden();
  await expect(word).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#g-strip$/);
});

for (const [width, height] of [[360, 740], [1280, 800]] as const) {
  test(`what explains a word never lies on the sentence that it stands in, ${width} px wide`, async ({ page }, { project }) => {
    test.skip(project.name === "webgpu", "the page is the same");
    await page.setViewportSize({ width, height });
    await page.goto("./");
    await expect(page.locator("lr-hero .controls")).toBeVisible();
    const words = page.locator("main a.term:visible");
    const peek = page.locator("#peek");
    let [seen, under] = [0, 0];
    for (const word of await words.all()) {
      await word.evaluate((link) => { link.scrollIntoView({ block: "center", behavior: "instant" }); });
      await page.waitForTimeout(30);
      await word.focus();
      await expect(peek).toBeVisible();
      const found = await word.evaluate((link) => {
        const block = link.closest("p, li, dd, figcaption, td, [role=note]");
        const box = document.querySelector("#peek")?.getBoundingClientRect();
        if (!block || !box) throw new Error("nothing is explained");
        // The sentence's letters, as the browser's own rules have it end.
        const texts: Text[] = [];
        const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) texts.push(walker.currentNode as Text);
        const before = texts.slice(0, texts.findIndex((text) => link.contains(text))).reduce((sum, { length }) => sum + length, 0);
        const sentence = [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(block.textContent)].find(({ index, segment }) => index <= before && before < index + segment.length);
        if (!sentence) throw new Error("the word is in no sentence");
        const lines: DOMRect[] = [];
        let from = 0;
        for (const text of texts) {
          const [start, end] = [Math.max(sentence.index, from), Math.min(sentence.index + sentence.segment.trimEnd().length, from + text.length)];
          if (start < end) {
            const range = document.createRange();
            range.setStart(text, start - from);
            range.setEnd(text, end - from);
            lines.push(...range.getClientRects());
          }
          from += text.length;
        }
        const covers = (top: number) => lines.some((line) => line.width > 1 && line.top + 2 < top + box.height && line.bottom - 2 > top && line.left < box.right && line.right > box.left);
        return { word: link.textContent, covered: covers(box.top), under: covers((link.getClientRects()[0]?.bottom ?? 0) + 6), within: box.top >= 0 && box.bottom <= innerHeight && box.height > 40 };
      });
      expect(found, JSON.stringify(found)).toMatchObject({ covered: false, within: true });
      seen += 1;
      if (found.under) under += 1;
      await page.keyboard.press("Escape");
    }
    expect(seen).toBeGreaterThan(15);
    expect(under).toBeGreaterThan(0); // negative control: right under the word it would
  });
}

test.describe("with a finger", () => {
  test.use({ hasTouch: true, viewport: { width: 320, height: 640 } });

  test("a tap on a word or a note's number opens it within the window, and a tap elsewhere closes it", async ({ page }) => {
    await page.goto("./");
    const peek = page.locator("#peek");
    for (const word of [page.locator("a.term", { hasText: "recognition" }).first(), page.locator("#ref-1"), page.locator("a.term", { hasText: "EP" }).first()]) {
      await word.tap();
      await expect(peek).toBeVisible();
      const box = await peek.boundingBox();
      if (!box) throw new Error("nothing is shown");
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(320);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.y + box.height).toBeLessThanOrEqual(640);
      await expect(page).not.toHaveURL(/#/);
      await page.touchscreen.tap(4, 4);
      await expect(peek).toBeHidden();
    }
  });
});

/** What is read as text: not the figures, their captions' pictures, the formulae, the notes beside it and behind it. */
const TEXT = "main :is(p, li, dt, dd, figcaption, h2, h3)";
const NO_TEXT = ".static, .margin, .notes, .glossary, .code, lr-lab, #guessed";

test("the text is short: its words and its numbers, counted", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
  await page.goto("/");
  const [walk, all] = await page.evaluate(([text, no]) => {
    const parts = [...document.querySelectorAll(text)].filter((part) => !part.closest(no));
    const further = document.querySelector("#further");
    if (!further) throw new Error("the page has no Further");
    const isBefore = (part: Element) => part.compareDocumentPosition(further) & Node.DOCUMENT_POSITION_FOLLOWING;
    const counted = (parts: Element[]) => {
      const words = parts.map((part) => {
        const copy = part.cloneNode(true) as Element;
        for (const other of copy.querySelectorAll("svg, math, .ref")) other.remove();
        return copy.textContent.replaceAll(/(\d|[−-]) ?%/g, "$1").match(/[\p{L}\d’.,−-]*[\p{L}\d][\p{L}\d’-]*/gu) ?? [];
      }).flat();
      // Labels, heads and figures are names.
      const names = /(1[5-7]|20|Figure \d+|head \d)$/;
      return { words: words.length, numbers: words.filter((word, i) => /\d/.test(word) && !names.test(word) && !names.test(`${words[i - 1] ?? ""} ${word}`)).length };
    };
    return [counted(parts.filter(isBefore)), counted(parts)] as const;
  }, [TEXT, NO_TEXT] as const);
  console.log(`before Further ${walk.words} words and ${walk.numbers} numbers, in all ${all.words} and ${all.numbers}`);
  expect(walk.words).toBeLessThanOrEqual(2000);
  expect(all.words).toBeLessThanOrEqual(3000);
  expect(all.numbers).toBeLessThanOrEqual(35);
  expect(walk.words).toBeGreaterThan(1500); // the text has been found
});

test("guesses are answered from the run at hand, and can be left out", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  if (await article.button("Train").isVisible()) await article.train();
  const guess = (ask: string) => page.locator(`lr-guess[ask=${ask}]`);
  const answer = async (ask: string, choice: RegExp) => {
    await guess(ask).scrollIntoViewIfNeeded();
    const see = guess(ask).getByRole("button", { name: "See the answer" });
    await expect(see).toBeDisabled();
    await guess(ask).getByRole("radio", { name: choice }).check();
    await see.click();
    return guess(ask).getByTestId("answer");
  };
  const cut = await answer("cut", /^Nearly all/);
  await expect(cut).toContainText(/^As you guessed\. .*, your model without EP has a recognition of (0\.[89]\d|1\.00)/);
  await guess("cut").getByRole("radio", { name: /^Hardly any/ }).check();
  await expect(cut).toContainText("Not as you guessed.");
  await expect(await answer("reverse", /^Hardly any/)).toContainText(/^As you guessed\. .* with EP reversed has an order of 0\.0\d/);
  const end = page.locator("#guessed");
  await expect(end).toHaveText("You have answered 2 of 3 questions, and guessed 1 right.");
  await expect(await answer("diversity", /objects/)).toHaveText("As you guessed. Our report answers below, and Figure 4 on your machine.");
  await expect(end).toHaveText("You have answered all 3 questions, and guessed 2 right.");

  await page.evaluate(() => { document.documentElement.setAttribute("guess", "off"); });
  await expect(guess("cut")).toBeHidden();
});
