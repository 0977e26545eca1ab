// What a reader takes home: each export of each figure that needs no minutes of training opens, and says what is on screen.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "@playwright/test";
import { Article } from "./article";
import { expect, test } from "./harness";
import { Trial } from "./trial";

const trained = readFileSync(new URL("../fixtures/trained.safetensors", import.meta.url));

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

async function keep(figure: Locator, label: string): Promise<{ name: string; bytes: Buffer }> {
  const menu = figure.getByTestId("keep");
  if ((await menu.getAttribute("open")) === null) await menu.getByText("Keep", { exact: true }).click();
  const download = figure.page().waitForEvent("download");
  await menu.getByRole("button", { name: label, exact: true }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** What the browser makes of an SVG that stands alone. In an empty page: the article lets nobody make markup of text. */
async function read(page: Page, svg: string) {
  const empty = await page.context().newPage();
  const seen = await empty.evaluate((text) => {
    const picture = new DOMParser().parseFromString(text, "image/svg+xml");
    const all = [...picture.querySelectorAll("*")];
    return {
      error: picture.querySelector("parsererror")?.textContent ?? null,
      root: picture.documentElement.localName,
      text: [...picture.querySelectorAll("text")].map(({ textContent }) => textContent).join(" "),
      texts: picture.querySelectorAll("text").length,
      shapes: picture.querySelectorAll("path, circle, rect, line").length,
      marks: picture.querySelectorAll(".mark, .cell, circle.value, .at").length,
      colours: [...new Set(all.flatMap((element) => ["fill", "stroke", "stop-color"].flatMap((name) => element.getAttribute(name) ?? [])))],
      foreign: all.filter(({ localName, attributes }) => ["foreignObject", "script", "image", "style"].includes(localName) || [...attributes].some(({ name }) => name.startsWith("on") || name === "href")).length,
    };
  }, svg);
  await empty.close();
  return seen;
}

/** How much of a picture is not its background, its size, and its top left colour. */
function ink(page: Page, type: string, bytes: Buffer) {
  return page.evaluate(async ({ type, base64 }) => {
    const image = new Image();
    image.src = `data:${type};base64,${base64}`;
    await image.decode();
    const context = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height }).getContext("2d");
    if (!context) throw new Error("no canvas");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let inked = 0;
    for (let at = 0; at < data.length; at += 4) if ([0, 1, 2].some((part) => Math.abs((data[at + part] ?? 0) - (data[part] ?? 0)) > 24)) inked += 1;
    return { width: image.width, height: image.height, share: inked / (data.length / 4), paper: [...data.slice(0, 3)] };
  }, { type, base64: bytes.toString("base64") });
}

function rows(csv: Buffer): string[][] {
  const lines = csv.toString("utf8").trimEnd().split("\n");
  return lines.map((line) => [...line.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ""));
}

async function opened(page: Page): Promise<Article> {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.openModel("trained.safetensors", trained);
  await expect(article.state).toHaveText("Opened from trained.safetensors.");
  return article;
}

/** Marks that the figure itself draws, in whichever shadow root. */
function marks(figure: Locator): Promise<number> {
  return figure.locator(".mark:visible, .cell:visible, circle.value:visible, .at:visible").count();
}

async function opensAsItLooks(page: Page, figure: Locator): Promise<void> {
  const [heading, finding, drawn] = [await figure.getByRole("heading", { level: 2 }).innerText(), await figure.getByTestId("finding").innerText(), await marks(figure)];
  const svg = await keep(figure, "SVG");
  const seen = await read(page, svg.bytes.toString("utf8"));
  expect(seen.error).toBeNull();
  expect(seen.root).toBe("svg");
  expect(seen.text).toContain(heading);
  expect(seen.text.replace(/\s+/g, " ")).toContain(finding.replace(/\s+/g, " "));
  expect(seen.text).toMatch(/leftright, /);
  expect(seen.marks).toBe(drawn);
  // Any program reads it: plain colours, nothing from elsewhere.
  expect(seen.colours.filter((colour) => !/^(#[0-9a-f]{6}|none|url\(#gradient-\d+\))$/.test(colour))).toEqual([]);
  expect(seen.foreign).toBe(0);

  const [drawing, png] = [await ink(page, "image/svg+xml", svg.bytes), await keep(figure, "PNG")];
  expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
  const pixels = await ink(page, "image/png", png.bytes);
  expect([pixels.width, pixels.height].map((size, i) => Math.abs(size - 2 * ([drawing.width, drawing.height][i] ?? 0)) <= 2)).toEqual([true, true]);
  expect(drawing.share).toBeGreaterThan(0.01);
  expect(Math.abs(pixels.share - drawing.share)).toBeLessThan(0.25 * drawing.share);
  await page.keyboard.press("Escape");
}

test("Figure 1: its pictures, and every step in its CSV", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu&start=untrained");
  await article.trainPast(60);
  const figure = await article.figure("lr-train");
  await opensAsItLooks(page, figure);

  // The curves, which are a canvas on the page, are lines in the picture: one for the loss, one per split.
  const svg = (await keep(figure, "SVG")).bytes.toString("utf8");
  const curves = [...svg.matchAll(/<path[^>]*class="line"[^>]*>/g)].map(([path]) => path.match(/[ML]/g)?.length);
  const losses = await article.losses();
  expect(curves).toHaveLength(4);
  expect(curves[0]).toBe(losses.length);

  const { name, bytes } = await keep(figure, "CSV");
  expect(name).toBe(`leftright-train-seed0-step${losses.length}.csv`);
  const [head = [], ...steps] = rows(bytes);
  expect(head.slice(0, 3)).toEqual(["step", "loss", "single.retrieval"]);
  expect(steps.flatMap((row) => (row[1] === "" ? [] : [Number(row[1])]))).toEqual(losses);
  const last = steps.at(-1) ?? [];
  for (const split of ["seen", "unseen"] as const) {
    for (const accuracy of ["retrieval", "order", "recognition"] as const) {
      expect(Number(last[head.indexOf(`${split}.${accuracy}`)]).toFixed(2)).toBe((await article.accuracy(split, accuracy)).toFixed(2));
    }
  }
});

test("a picture names the score that was chosen, and holds no word of the choice", async ({ page }) => {
  await page.goto("./?engine=cpu");
  const figure = page.locator("lr-diversity");
  await figure.scrollIntoViewIfNeeded();
  await figure.getByRole("button", { name: "Run", exact: true }).click(); // the map is drawn as it begins
  const choice = figure.getByTestId("charts").getByLabel("Shown:"); // not the report’s
  await expect(choice).toBeVisible(); // the worker may have other questions to answer first
  const [first = "", second = ""] = await choice.locator("option").allInnerTexts();
  await choice.selectOption({ label: second });
  const svg = (await keep(figure, "SVG")).bytes.toString("utf8");
  const { text } = await read(page, svg);
  expect(text.toLowerCase()).toContain(second.toLowerCase());
  expect(text).not.toContain("Shown:");
  expect(text.toLowerCase()).not.toContain(first.toLowerCase());
  expect(/<title>(.*?)<\/title>/.exec(svg)?.[1]).toContain(second);
  await expect(choice).toBeVisible(); // it is back
  await figure.getByRole("button", { name: "Cancel", exact: true }).click();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`Figures 2 and 3, ${colorScheme}: pictures as they look, tables as they read`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: colorScheme === "dark" ? 360 : 1280, height: 900 });
    const article = await opened(page);
    const gradient = await article.figure("lr-gradient");
    await expect(gradient.getByTestId("finding")).toContainText(/falls|rises/); // the opened model's, not that of the one before
    await opensAsItLooks(page, gradient);
    const paper = (await ink(page, "image/png", (await keep(gradient, "PNG")).bytes)).paper;
    expect(Math.max(...paper) > 128).toBe(colorScheme === "light");
    const [, ...logits] = rows((await keep(gradient, "CSV")).bytes);
    expect(logits).toHaveLength(4 * 11); // nine terms, their sum and its softmax, in four heads
    await gradient.getByText("The same as a table").click();
    const shown = await gradient.locator("table.values tbody tr").first().locator("td").allInnerTexts();
    expect(logits[0]?.slice(2).map((value) => Number(value).toFixed(2).replace("-", "−").replace(/^(?=[1-9]|0\.0[1-9]|0\.[1-9])/, "+"))).toEqual(shown.slice(1));

    const ablate = await article.figure("lr-ablate");
    await ablate.getByRole("button", { name: "EP", exact: true }).click();
    await expect(ablate.getByTestId("ablation")).toHaveAttribute("data-cut", "EP");
    await opensAsItLooks(page, ablate);
    const [head = [], ...accuracies] = rows((await keep(ablate, "CSV")).bytes);
    expect(head.slice(0, 4)).toEqual(["split", "accuracy", "before", "after"]);
    for (const [split, name, before, after, terms] of accuracies) {
      if (before === "") continue; // a single object has no order
      expect(terms).toBe("EP");
      if (split === "single" && name !== "retrieval") continue;
      for (const [when, value] of [["before", before], ["after", after]] as const) {
        expect(Number(value).toFixed(2)).toBe(await ablate.getByTestId(`ablation-${split ?? ""}-${name ?? ""}`).locator(`[data-value=${when}]`).textContent());
      }
    }
  });
}

for (const name of ["text", "reversal", "surgery"]) {
  test(`lr-${name}, measured: pictures as they look, each mark a row of its CSV`, async ({ page }) => {
    await opened(page);
    const trial = new Trial(page, name);
    await trial.measure();
    await opensAsItLooks(page, trial.figure);
    const [head, ...table] = rows((await keep(trial.figure, "CSV")).bytes);
    expect(head).toEqual(["chart", "series", "x", "y", "least", "most"]);
    const titles = await trial.figure.getByTestId("charts").locator("lr-chart h3").allInnerTexts();
    const charts = [...new Set(table.map(([chart = ""]) => chart.toLowerCase()))];
    expect(titles.length).toBeGreaterThan(0);
    expect(titles.map((title) => title.toLowerCase())).toEqual(charts.filter((chart) => titles.some((title) => title.toLowerCase() === chart)));
    expect(charts.length).toBeGreaterThanOrEqual(titles.length);
    const lines = trial.figure.getByTestId("charts").locator("lr-chart g[data-series]");
    for (const line of await lines.all()) {
      const [series, last] = [await line.getAttribute("data-series"), Number(await line.getAttribute("data-last"))];
      expect(table.some((row) => row.includes(series ?? "") && row.some((cell) => Number(cell) === last))).toBe(true);
    }
  });
}

test("an experiment that is not yet run is kept as such", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  const trial = new Trial(page, "diversity");
  await trial.show();
  await opensAsItLooks(page, trial.figure);
  expect((await keep(trial.figure, "CSV")).bytes.toString("utf8")).toMatch(/^job,step,.*\n$/);
});

test("a strange file name is text in the picture, and no markup", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  const name = "<img src=x onerror=alert(1)>&\u0001.safetensors";
  await article.openModel(name, trained);
  await expect(article.state).toContainText("Opened from <img");
  const seen = await read(page, (await keep(await article.figure("lr-train"), "SVG")).bytes.toString("utf8"));
  expect(seen.error).toBeNull();
  expect(seen.foreign).toBe(0);
  expect(seen.text).toContain("<img src=x onerror=alert(1)>&.safetensors");
});

test.describe("files dropped on the page", () => {
  async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
    const transfer = await page.evaluateHandle(({ name, base64 }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
      return transfer;
    }, { name, base64: bytes.toString("base64") });
    await page.locator("lr-cockpit[number]").dispatchEvent("dragenter", { dataTransfer: transfer });
    await expect(page.locator(".notice-box")).toContainText("Drop a model (.safetensors), a run (.json) or a session (.zip)");
    await page.locator("lr-cockpit[number]").dispatchEvent("drop", { dataTransfer: transfer });
  }

  test("a model opens", async ({ page }) => {
    const article = new Article(page);
    await article.open("?engine=cpu");
    await drop(page, "mine.safetensors", trained);
    await expect(article.state).toHaveText("Opened from mine.safetensors.");
    await expect(page.locator(".notice-box")).toBeHidden();
  });

  test.describe("where the script that opens them cannot be had", () => {
    test.use({ allowedConsole: /Failed to load resource|net::ERR|modulepreload/ });

    test("Try again opens what was dropped, in the figure that it fell on", async ({ page }) => {
      const article = new Article(page);
      await article.open("?engine=cpu");
      await page.route(/open-file-.*\.js/, (route) => route.abort());
      // A real drop: of one that a script makes, the files can be read for ever.
      const path = fileURLToPath(new URL("../fixtures/trained.safetensors", import.meta.url));
      const cockpit = page.locator("lr-cockpit[number]");
      await cockpit.scrollIntoViewIfNeeded();
      const { x, y } = (await cockpit.boundingBox()) ?? { x: 0, y: 0 };
      const devtools = await page.context().newCDPSession(page);
      for (const type of ["dragEnter", "dragOver", "drop"] as const) {
        await devtools.send("Input.dispatchDragEvent", { type, x: x + 20, y: y + 20, data: { items: [], files: [path], dragOperationsMask: 1 } });
      }
      const box = page.locator(".notice-box");
      await expect(box).toContainText("trained.safetensors was not opened: a part of this page could not be loaded.", { timeout: 20_000 });
      await page.unrouteAll();
      await box.getByRole("button", { name: "Try again" }).click();
      await expect(article.state).toHaveText("Opened from trained.safetensors.");
    });
  });

  test("a run's JSON trains it again, to the same numbers", async ({ page }) => {
    const article = new Article(page);
    await article.open("?engine=cpu&seed=5&d_model=32&pair_labels=6");
    const steps = 30;
    await article.run((run) => run.train(30));
    const losses = await article.losses();
    const run = await keep(await article.figure("lr-train"), "Run (JSON)");
    expect(run.name).toBe(`leftright-train-seed5-step${steps}.json`);
    await article.open("?engine=cpu");
    await drop(page, run.name, run.bytes);
    await expect(article.state).toHaveText(`Trained for ${steps} steps.`);
    expect(await article.losses()).toEqual(losses);
    await expect(page).toHaveURL(/seed=5&pair_labels=6&d_model=32/);
  });

  for (const [name, bytes, says] of [
    ["notes.txt", Buffer.from("hello"), "a file that can be opened ends in .safetensors or .json"],
    ["garbage.safetensors", Buffer.from("no model".repeat(9)), "was not opened, and the model here is as it was"],
    ["run.json", Buffer.from("{"), "it is not JSON"],
    ["list.json", Buffer.from("[]"), "it has no “config”"],
    ["steps.json", Buffer.from('{"config": {}, "steps": 1e99}'), "its “steps” must be a whole number between 0 and 4294967295"],
    ["bounds.json", Buffer.from('{"config": {"pair_labels": 99}, "steps": 5}'), "pair_labels is 99, but must be"],
    ["long.json", Buffer.alloc(70_000, " "), "it has 70000 bytes, and 65536 are the most"],
  ] as const) {
    test(`${name} is refused in one sentence`, async ({ page }) => {
      const article = new Article(page);
      await article.open("?engine=cpu");
      const before = await article.state.innerText();
      await drop(page, name, bytes);
      await expect(page.locator(".notice-box")).toContainText(says);
      await expect(article.state).toHaveText(before);
      await page.locator(".notice-box").getByRole("button", { name: "Close" }).click();
      await expect(page.locator(".notice-box")).toBeHidden();
    });
  }
});
