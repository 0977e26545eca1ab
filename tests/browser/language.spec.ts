// Figures in another language: what a page's `lang` says, they speak.
import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import ts from "typescript";
import { SCRIPT, expect, ready, test } from "./guest";
import { page as html } from "./host";

const WORD = /\p{L}{2,}/gu;
/** What has its name in every language: a caption, which a model reads as it is; a setting; a term. */
const NAME = /\d+ is (?:on the left of \d+|in the image)|\b[a-z]+_[a-z]+\b|\b[EPB]{2}\b/g;

/** The words that the texts of a table have. */
function vocabulary(...files: string[]): Set<string> {
  const words = new Set<string>();
  for (const file of files) {
    const name = new URL(`../../www/src/words/${file}`, import.meta.url);
    const visit = (node: ts.Node) => {
      if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
      if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) for (const [word] of node.text.matchAll(WORD)) words.add(word.toLowerCase());
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, readFileSync(name, "utf8"), ts.ScriptTarget.Latest));
  }
  return words;
}

const german = vocabulary("de.ts", "de-experiments.ts", "de-numbers.ts");
const english = new Set([...vocabulary("en.ts", "en-follow.ts", "en-experiments.ts")].filter((word) => !german.has(word)));

/** All that a reader of a page's figure sees or hears, but for what is said to be English. */
async function said(figure: Locator): Promise<string> {
  return figure.evaluate((figure) => {
    const texts: string[] = [];
    const walk = (node: Node) => {
      if (node instanceof Text) texts.push(node.data);
      if (!(node instanceof Element) && !(node instanceof ShadowRoot)) return;
      if (node instanceof Element) {
        if (["style", "sub"].includes(node.localName) || (node.localName !== "figure" && node.getAttribute("lang") === "en")) return;
        for (const name of ["aria-label", "aria-valuetext", "aria-roledescription", "title", "label"]) texts.push(node.getAttribute(name) ?? "");
        if (node.shadowRoot) walk(node.shadowRoot);
      }
      node.childNodes.forEach(walk);
    };
    if (figure.shadowRoot) walk(figure.shadowRoot);
    return texts.join(" ").replaceAll(/\s+/g, " ");
  });
}

/** What of it is English. */
function leaks(text: string): string[] {
  return [...new Set(Array.from(text.replaceAll(NAME, "").matchAll(WORD), ([word]) => word.toLowerCase()))].filter((word) => english.has(word));
}

function open(page: Page, query: string): Promise<unknown> {
  return page.goto(`./embed.html?${query}`);
}

/** German, whole: no word of the English table, and numbers with a comma. */
async function expectGerman(figure: Locator): Promise<void> {
  const text = await said(figure);
  expect(leaks(text)).toEqual([]);
  expect(text).not.toMatch(/\d\.\d(?!\d\d(?!\d))/);
}

/** It has room on a phone in the dark, and nothing in it keeps anyone out. */
async function expectRoom(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
}

test.describe("in German, on a phone, in the dark", () => {
  test.use({ viewport: { width: 360, height: 800 }, colorScheme: "dark" });

  test("lr-ablate: before the cut, with a guess, and after it", async ({ page, complaints }) => {
    await open(page, "figure=ablate&ask=EP&lang=de");
    const figure = page.locator("lr-ablate");
    await expect(figure.getByTestId("finding")).toHaveText(/^Nichts ist abgeschaltet: .* 1,00 .* 0,95 /);
    await expectGerman(figure);
    await figure.getByRole("spinbutton", { name: /^Vor dem Entfernen: Bei wie vielen von 100/ }).fill("80");
    await figure.getByRole("button", { name: "Schätzen" }).click();
    await expect(figure.getByTestId("guess")).toHaveText("Geschätzt: 80\u00a0%. Jetzt EP entfernen.");
    await figure.getByRole("button", { name: "EP", exact: true }).click();
    await expect(figure.getByTestId("finding")).toHaveText(/^Ohne EP nennt das Modell weiterhin beide Objekte \(Erkennung 1,00\), aber die Reihenfolge trifft es nur durch Zufall \(0,50\)\.$/);
    await expect(figure.getByTestId("guess")).toHaveText("Geschätzt waren 80\u00a0%. Ohne EP sind es 50\u00a0%.");
    await figure.getByRole("slider", { name: "Stärke 0 von EP" }).fill("0.5");
    await expect(figure.getByTestId("finding")).toHaveText(/^Mit EP in Stärke 0,5 /);
    await figure.getByText("Behalten").click();
    await expectGerman(figure);
    await expectRoom(page);
    await expect(page).toHaveTitle(/^Eine Abbildung aus Left, right/);
    await expect(page.getByRole("main", { name: "Eine Abbildung: ablate" })).toBeVisible();
    // Negative control: the same figure in English is full of its words.
    await open(page, "figure=ablate&ask=EP");
    await expect(figure.getByTestId("finding")).not.toBeEmpty();
    expect(leaks(await said(figure)).length).toBeGreaterThan(30);
    expect(complaints).toEqual([]);
  });

  test("lr-train: the model that came with the page, one of its own, and its past", async ({ page }) => {
    await open(page, "figure=train&lang=de&engine=cpu&lock=seed");
    const figure = page.locator("lr-train");
    await expect(figure.getByTestId("finding")).toHaveText(/^Nach 1\.000 Schritten findet das Modell bei 0,95 der Paare/);
    await expectGerman(figure);
    await expectRoom(page);
    await figure.getByRole("button", { name: "Erster eigener Schritt" }).click();
    await expect(figure.getByTestId("finding")).toHaveText(/^Nach einem Schritt /);
    await figure.getByLabel("Labels in Paaren").fill("99");
    await figure.getByLabel("Labels in Paaren").blur();
    await expect(figure.getByText("pair_labels ist „99“, muss aber eine ganze Zahl von 2 bis 15 sein.")).toBeVisible();
    await figure.getByRole("button", { name: "Schritt", exact: true }).click();
    await expect(figure.getByTestId("engine")).toHaveText("Wie gewählt rechnet die CPU.");
    await expectGerman(figure);
  });

  test("lr-gradient, and its numbers as a table", async ({ page }) => {
    await open(page, "figure=gradient&lang=de&ablate=PE");
    const figure = page.locator("lr-gradient");
    await expect(figure.getByTestId("finding")).toHaveText(/^Ohne PE: Die EP-Zeile von Kopf 2 fällt von links nach rechts um 2,8 Logits pro Pixel/);
    await expectRoom(page);
    await figure.getByText("Dasselbe als Tabelle").click();
    await expect(figure.getByRole("columnheader", { name: "Pixel 3" })).toBeVisible();
    await figure.getByRole("application", { name: /^Neun Terme von Kopf 2; EP-Steigung −2,84 Logits pro Pixel/ }).focus();
    await expect(figure.getByText(/EE bei CLS: −\d+,\d\d/)).toBeVisible();
    await expectGerman(figure);
  });

  test("lr-follow, in each of its steps, of a model that answers and of one that is cut", async ({ page }) => {
    const figure = page.locator("lr-follow");
    for (const query of ["", "&ablate=EP&strength=-1", "&ablate=EE"]) {
      await open(page, `figure=follow&lang=de${query}`);
      await expect(figure.getByTestId("finding")).toHaveText(/^Der Streifen wird zu 11 Token/);
      for (let step = 2; step <= 7; step++) {
        await expectGerman(figure);
        await figure.getByRole("button", { name: "Weiter" }).click();
        await expect(figure.getByTestId("stage")).toHaveAttribute("data-step", String(step));
      }
      await expect(figure.getByTestId("finding")).toHaveText(/^Jetzt tauschen 16 und 17 die Plätze\. (Der Unterschied: |Jeder Kopf)/);
      await expectGerman(figure);
    }
    await expectRoom(page);
  });

  test("lr-strip, and what is wrong with its attributes", async ({ page }) => {
    await open(page, "figure=strip&lang=de&positions=3+3");
    const figure = page.locator("lr-strip");
    await expect(figure.getByRole("slider", { name: "Objekt 16, Position" })).toHaveAttribute("aria-valuetext", "Pixel 3");
    await expect(figure.getByRole("alert")).toContainText("zwei verschiedenen ganzen Zahlen von 0 bis 9");
    await expectGerman(figure);
    await expectRoom(page);
  });

  test("lr-surgery, with the model's own line and with a flat one", async ({ page }) => {
    await open(page, "figure=surgery&lang=de");
    const figure = page.locator("lr-surgery");
    await expect(figure.getByTestId("finding")).toHaveText(/^Mit der eigenen Linie in Kopf 2 und ohne EP in den anderen Köpfen nennt das Modell bei 100\u00a0% der neuen Paare beide Objekte/);
    await expectGerman(figure);
    await figure.getByRole("slider", { name: "Eine gerade Linie" }).fill("0");
    await expect(figure.getByRole("heading", { level: 2 })).toHaveText("Mit dieser Linie entscheidet der Münzwurf");
    await expectGerman(figure);
    await expectRoom(page);
  });

  test("an experiment of the reader's model: what the crate says of it is marked as English", async ({ page }) => {
    await open(page, "figure=reversal&lang=de");
    const figure = page.locator("lr-reversal");
    await expect(figure.getByText("EP in Stärke −1 lässt das Modell das Gegenteil sagen; kein anderer Term tut das.")).toBeVisible();
    await figure.getByRole("button", { name: "Messen" }).click();
    await expect(figure.getByTestId("examination-state")).toHaveText("Gemessen: das Modell bei Schritt 1.000.", { timeout: 60_000 });
    await figure.getByText("Wie das entschieden wird").click();
    await expect(figure.getByTestId("finding").locator("[lang=en]")).not.toBeEmpty();
    await expectGerman(figure);
    await expectRoom(page);
  });

  test("an experiment that trains its models, and stops", async ({ page }) => {
    await open(page, "figure=slope&lang=de&engine=cpu");
    const figure = page.locator("lr-slope");
    await expect(figure.getByTestId("finding")).toHaveText(/^Auf diesem Gerät noch nicht gemessen\. „Starten“ trainiert \d+ Modelle; /);
    await figure.getByText("Wie das entschieden wird und was trainiert wird").click();
    await expectGerman(figure);
    await figure.getByRole("button", { name: "Starten" }).click();
    await expect(figure.getByTestId("experiment-state")).toHaveText(/^0 von \d+ Modellen gemessen/);
    await expectGerman(figure);
    await figure.getByRole("button", { name: "Abbrechen" }).click();
    await expect(figure.getByTestId("experiment-state")).toHaveText(/^\d+ Modelle, je 1\.?\d* Schritte\.$/);
    await expectRoom(page);
  });
});

test("a language that is none of ours is English", async ({ page }) => {
  const texts: string[] = [];
  for (const lang of ["en", "zz"]) {
    await open(page, `figure=ablate&lang=${lang}`);
    await expect(page.getByTestId("finding")).toHaveText(/^Nothing is ablated/);
    await expect(page.locator("lr-ablate").locator("figure")).toHaveAttribute("lang", "en");
    texts.push(await said(page.locator("lr-ablate")));
  }
  expect(texts[1]).toBe(texts[0]);
});

test("an element speaks as the page around it, or as it says itself, and follows when that changes", async ({ page, host, complaints }) => {
  const { origin } = await host({
    "/course": html(`${SCRIPT}<section lang="de-AT"><lr-ablate id="inherits"></lr-ablate><lr-ablate id="own" lang="en"></lr-ablate></section><lr-ablate id="page"></lr-ablate><div id="shadow" lang="de"></div>
      <script type="module">import { loadFigure } from "/site/lib/leftright.js"; document.querySelector("#shadow").attachShadow({ mode: "open" }).innerHTML = "<p><lr-gradient></lr-gradient></p>"; loadFigure("lr-gradient");</script>`),
  });
  await page.goto(`${origin}/course`);
  const finding = (id: string) => page.locator(id).getByTestId("finding");
  await expect(finding("#inherits")).toHaveText(/^Nichts ist abgeschaltet/);
  await expect(finding("#own")).toHaveText(/^Nothing is ablated/);
  await expect(finding("#page")).toHaveText(/^Nothing is ablated/);
  await expect(finding("#shadow lr-gradient")).toHaveText(/^Die EP-Zeile/);
  await page.evaluate(() => { document.documentElement.lang = "de"; });
  await expect(finding("#page")).toHaveText(/^Nichts ist abgeschaltet/);
  await expect(finding("#own")).toHaveText(/^Nothing is ablated/);
  await page.locator("#own").evaluate((figure: HTMLElement) => { figure.lang = "de"; });
  await expect(finding("#own")).toHaveText(/^Nichts ist abgeschaltet/);
  await page.locator("#shadow").evaluate((figure: HTMLElement) => { figure.lang = "en"; });
  await expect(finding("#shadow lr-gradient")).toHaveText(/^Head 2’s EP row/);
  expect(leaks(await said(page.locator("#shadow lr-gradient"))).length).toBeGreaterThan(30); // with the charts in it
  expect(complaints).toEqual([]);
});

test("nothing is drawn before its language is there; without it the figure is in English, which nobody else waits for", async ({ page, host }) => {
  const { origin, asked } = await host({ "/en": html(`${SCRIPT}<lr-ablate></lr-ablate>`), "/de": html(`${SCRIPT}<lr-ablate lang="de"></lr-ablate>`) });
  const isGerman = /\/de-[\w-]+\.js$/;
  await page.goto(`${origin}/en`);
  await ready(page, "lr-ablate");
  expect(asked.filter((path) => isGerman.test(path))).toEqual([]);

  let send: () => void = () => undefined;
  const held = new Promise<void>((resolve) => { send = resolve; });
  await page.route(isGerman, async (route) => {
    await held;
    await route.continue();
  });
  const fetched = page.waitForRequest(isGerman);
  await page.goto(`${origin}/de`, { waitUntil: "commit" });
  await fetched;
  await expect(page.locator("lr-ablate:defined")).toBeAttached();
  expect(await page.locator("lr-ablate").evaluate((figure) => figure.shadowRoot?.textContent ?? "")).toBe("");
  send();
  await expect(page.getByTestId("finding")).toHaveText(/^Nichts ist abgeschaltet/);

  await page.unroute(isGerman);
  let tries = 0;
  await page.route(/\/de-[\w-]+\.js/, (route) => {
    tries += 1;
    return route.abort();
  });
  await page.goto(`${origin}/de`);
  await expect(page.getByTestId("finding")).toHaveText(/^Nothing is ablated/);
  await page.getByRole("button", { name: "EP", exact: true }).click();
  await expect(page.getByTestId("finding")).toHaveText(/^Without EP/);
  expect(tries).toBe(2); // and not once for each drawing
});
