// For teachers: each link of the lesson and its worksheets opens the figure as it is needed there, a class's results are collected
// without a server, and figures are fit for a projector.
import { readFileSync, readdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { SCRIPT, expect, ready, test } from "./guest";
import { page as html } from "./host";
import { SAYS } from "./lesson";

const FOLDER = new URL("../../docs/teaching/", import.meta.url);
const sources = readdirSync(FOLDER).map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), "utf8") }));
const targets = new Set(sources.flatMap(({ text }) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target)));

const queries = [...targets].flatMap((target) => /embed\.html\?(.*)/.exec(target)?.[1] ?? []);

test("the lesson and its worksheets link to nothing that is not held here", () => {
  expect([...queries].sort()).toEqual([...Object.keys(SAYS), "figure=strip"].sort());
});

for (const [query, says] of Object.entries(SAYS)) {
  test(`a link of the lesson opens its figure as it is needed: ${query}`, async ({ page }) => {
    await page.goto(`./embed.html?${query}`);
    await expect(page.getByTestId("finding")).toHaveText(says, { timeout: 120_000 });
    await expect(page.locator("[part=message]")).toHaveCount(0);
  });
}

test("the pages of the lesson, built: every link leads somewhere, and the answers are on their own page", async ({ page }) => {
  const seen = new Set<string>();
  for (const file of ["index", "worksheet-1", "worksheet-2", "worksheet-3", "answers"]) {
    await page.goto(`./docs/teaching/${file}.html`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    for (const link of await page.locator("main a").all()) seen.add(await link.evaluate((a) => (a as HTMLAnchorElement).href));
    if (file.startsWith("worksheet")) await expect(page.locator('a[href*="answers"]')).toHaveCount(0);
  }
  expect(seen.size).toBeGreaterThan(25);
  for (const address of seen) expect((await page.request.get(address)).status(), address).toBe(200);
});

test("the answers' numbers of many models are the report's", () => {
  const { numbers } = JSON.parse(readFileSync(new URL("../../measurements/summary.json", import.meta.url), "utf8")) as { numbers: Record<string, number[]> };
  const range = (name: string) => {
    const [, , , least = NaN, most = NaN] = numbers[name] ?? [];
    return `${Math.round(100 * least)} to ${Math.round(100 * most)} %`;
  };
  const text = sources.find(({ file }) => file === "answers.md")?.text.replaceAll(/\s+/g, " ") ?? "";
  const models = numbers["4.unseen.order"]?.[5] ?? NaN;
  expect(text).toContain(
    `In our report's ${models} models the whole model's order is right in ${range("4.unseen.order")}, and without EP in ${range("4.EP unseen.order")}, while it names both in ${range("4.EP unseen.recognition")}.`,
  );
});

/** A learner's row: a name, a seed and a guess, the model trained, and EP cut. */
async function learn(page: Page, name: string, seed: number, guess: number): Promise<string> {
  await page.goto("./examples/class.html");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Seed").fill(String(seed));
  await page.getByRole("button", { name: "Train", exact: true }).click();
  const figure = page.locator("lr-ablate");
  await figure.getByLabel("in how many of 100 new pairs").fill(String(guess));
  await figure.getByRole("button", { name: "Guess" }).click();
  await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
  await expect(page.getByRole("button", { name: "Save my row" })).toBeDisabled();
  await figure.getByRole("button", { name: "EP", exact: true }).click();
  await expect(page.locator("#said")).toHaveText("Your row is in the table below.");
  await expect(figure.getByTestId("guess")).toHaveText(new RegExp(`^You guessed ${guess}\\s%\\. Without EP it is [45]\\d\\s%\\.$`));
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save my row" }).click();
  return (await download).path();
}

test("a class's results become one table, on one computer and without a server", async ({ page, complaints }) => {
  const files = [await learn(page, `=Ada, "A"`, 1, 90), await learn(page, "Ben", 2, 50)];
  await page.goto("./examples/class.html");
  const table = page.locator("#table tbody tr");
  await expect(table).toHaveCount(0);
  const csv = (path: string, name: string) => ({ name, mimeType: "text/csv", buffer: readFileSync(path) });
  const [ada = "", ben = ""] = files;
  await page.getByLabel("Rows").setInputFiles([csv(ada, "ada.csv"), csv(ben, "ben.csv"), { name: "notes.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2") }]);
  await expect(table).toHaveCount(2);
  await expect(page.getByRole("alert")).toHaveText("notes.csv was left out: it is no file of this page.");
  // Opened once more, a file is no second row.
  await page.getByLabel("Rows").setInputFiles([csv(ben, "again.csv")]);
  await expect(page.getByRole("alert")).toBeEmpty();
  await expect(table).toHaveCount(2);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the class" }).click();
  const [head, ...rows] = readFileSync(await (await download).path(), "utf8").trim().split("\n");
  expect(head).toBe('name,seed,"guess, %","order, whole, %","order, without EP, %","names both, without EP, %"');
  // A spreadsheet takes no name for a formula.
  expect(rows[0]).toMatch(/^"'=Ada, ""A""",1,90,(9\d|100),[45]\d,(9\d|100)$/);
  expect(rows[1]).toMatch(/^Ben,2,50,(9\d|100),[45]\d,(9\d|100)$/);
  expect(complaints).toEqual([]);
});

test("a frame tells the page around it what its reader has guessed and cut, as events of the frame", async ({ page, host, complaints }) => {
  const { origin } = await host({
    "/course": html(`<iframe sandbox="allow-scripts" width="700" src="/site/embed.html?figure=ablate&ask=EP"></iframe><script type="module" src="/site/examples/host.js"></script>
      <script>
        globalThis.told = [];
        for (const name of ["lr-guess", "lr-ablate", "lr-result"]) addEventListener(name, ({ type, target, detail }) => { told.push({ type, from: target.localName, ...detail }); });
      </script>`),
  });
  await page.goto(`${origin}/course`);
  const told = () => page.evaluate(() => (globalThis as unknown as { told: Record<string, unknown>[] }).told);
  const figure = page.frameLocator("iframe").locator("lr-ablate");
  await expect(figure.getByTestId("state")).toHaveAttribute("data-phase", "ready");
  await figure.getByLabel("in how many of 100 new pairs").fill("101");
  await figure.getByRole("button", { name: "Guess" }).click();
  await figure.getByLabel("in how many of 100 new pairs").fill("90");
  await figure.getByRole("button", { name: "Guess" }).click();
  await expect(figure.getByTestId("guess")).toHaveText(/^You guess 90\s%\. Now cut EP\.$/);
  expect(await told()).toEqual([{ type: "lr-guess", from: "iframe", figure: "ablate", ask: ["EP"], guess: 0.9 }]);
  // Another term is no answer.
  await figure.getByRole("button", { name: "PE", exact: true }).click();
  await expect.poll(async () => (await told()).map(({ type }) => type)).toEqual(["lr-guess", "lr-ablate"]);
  await figure.getByRole("button", { name: "PE", exact: true }).click();
  await figure.getByRole("button", { name: "EP", exact: true }).click();
  await expect(figure.getByTestId("guess")).toHaveText(/^You guessed 90\s%\. Without EP it is 50\s%\.$/);
  await expect.poll(async () => (await told()).map(({ type }) => type)).toEqual(["lr-guess", "lr-ablate", "lr-ablate", "lr-ablate", "lr-result"]);
  expect((await told()).at(-1)).toMatchObject({ from: "iframe", ask: ["EP"], guess: 0.9, before: { unseen: {} }, after: { unseen: {} }, settings: { seed: 0 } });
  // No stranger's message is one of a frame.
  await page.evaluate(() => { postMessage({ type: "leftright:event", name: "lr-guess", detail: { guess: 1 } }, "*"); });
  await page.waitForTimeout(200);
  expect(await told()).toHaveLength(5);
  expect(complaints).toEqual([]);
});

test("a question about no terms is told, and asked of nobody", async ({ page, host }) => {
  const { origin } = await host({ "/course": html(`${SCRIPT}<lr-ablate ask="XY EP"></lr-ablate>`) });
  await page.goto(`${origin}/course`);
  await expect(page.locator("lr-ablate").getByRole("alert")).toHaveText("ask is “XY EP”, but must be terms, as in EP or EE VP. It is as if it were not there.");
  await expect(page.locator("lr-ablate").getByRole("button", { name: "Guess" })).toHaveCount(0);
});

test("on a projector: larger type, more contrast, a screen for each figure, and a remote control's keys", async ({ page, host }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const figures = (attribute: string) => `<lr-strip></lr-strip>${["ablate", "slope", "ablate"].map((name) => `<lr-${name} ${attribute}></lr-${name}>`).join("")}`;
  const { origin } = await host({ "/plain": html(SCRIPT + figures("")), "/present": html(SCRIPT + figures("present")) });
  const look = async (path: string) => {
    await page.goto(origin + path);
    await ready(page, "lr-ablate >> nth=0");
    await expect(page.locator("lr-slope").getByTestId("finding")).not.toBeEmpty();
    return page.locator("lr-ablate").first().evaluate((figure) => {
      const finding = figure.shadowRoot?.querySelector("[part=finding]");
      const button = figure.shadowRoot?.querySelector("button");
      if (!finding || !button) throw new Error("the figure has no finding or no button");
      return { type: parseFloat(getComputedStyle(finding).fontSize), label: parseFloat(getComputedStyle(button).fontSize), ink: getComputedStyle(finding).color };
    });
  };
  const plain = await look("/plain");
  await page.keyboard.press("PageDown");
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(500); // the browser's own way
  const present = await look("/present");
  expect(present.type / plain.type).toBeCloseTo(1.5, 1);
  expect(present.label / plain.label).toBeCloseTo(1.5, 1);
  expect([plain.ink, present.ink]).toEqual(["rgb(28, 30, 34)", "rgb(0, 0, 0)"]);

  const tops = () => page.locator("[present]").evaluateAll((all) => all.map((figure) => Math.round(figure.getBoundingClientRect().top)));
  const heights = await page.locator("[present]").evaluateAll((all) => all.map((figure) => figure.getBoundingClientRect().height));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(800);
  await page.keyboard.press("PageDown");
  await expect.poll(async () => (await tops())[0]).toBe(0);
  // The first is higher than the screen: its end comes before the next.
  for (let i = 0; i < 6 && (await tops())[1] !== 0; i++) {
    await page.keyboard.press("PageDown");
    await page.waitForTimeout(400);
  }
  expect((await tops())[1]).toBe(0);
  await page.keyboard.press("PageDown");
  await page.waitForTimeout(400);
  const [, below = 0] = await tops();
  expect(below).toBeLessThan(0);
  await page.keyboard.press("PageUp");
  await page.waitForTimeout(400);
  expect((await tops())[1]).toBeGreaterThan(below);
});
