// How the article looks, beside pictures of how it looked (appearance/): `npx playwright test appearance --update-snapshots` takes them anew.
import { readFileSync, writeFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { Article } from "./article";
import { SCREENS, expect, test } from "./harness";

const WIDTHS = [360, 768, 1280, 1920];
const THEMES = ["light", "dark"] as const;

/** Where the pictures were taken. */
const FINGERPRINT = new URL("appearance/fingerprint.json", import.meta.url);

/**
 * On a machine of the same fingerprint hardly a pixel differs. The smallest thing that must not pass is one cell of a heatmap
 * on a phone, 400 pixels, which a share of a whole picture would let through.
 */
const ALIKE = { threshold: 0.05, maxDiffPixels: 100, scale: "css", timeout: 5_000 } as const;

/** What is looked at, and how far down. */
const SHOTS = [
  { name: "top", within: "header", height: 640 },
  { name: "cockpit", within: ".walk lr-cockpit:visible", height: 760 },
  { name: "gradient", within: "lr-lab lr-gradient", height: 360 },
  { name: "heads", within: "lr-lab lr-gradient .heads", height: 400 },
  { name: "ablate", within: "lr-lab lr-ablate", height: 340 },
  { name: "lab", within: "lr-lab", height: 190 },
];

/** How wide the fonts set the same words: where these differ, so does every line. */
async function fingerprint(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    const context = document.createElement("canvas").getContext("2d");
    if (!context) throw new Error("no canvas");
    return Object.fromEntries(["--serif", "--sans", "--mono"].flatMap((family) => ["400", "700"].map((weight) => {
      context.font = `${weight} 100px ${style.getPropertyValue(family)}`;
      return [`${family} ${weight}`, Math.round(context.measureText("“16 is on the left of 17”, −13.5 → α′").width)];
    })));
  });
}

/** Skips a test where the pictures were taken with other fonts. */
async function expectSameMachine(page: Page): Promise<void> {
  const here = `${JSON.stringify(await fingerprint(page), null, 2)}\n`;
  const { updateSnapshots } = test.info().config;
  if (updateSnapshots === "all" || updateSnapshots === "changed") writeFileSync(FINGERPRINT, here);
  const there = readFileSync(FINGERPRINT, "utf8");
  if (here !== there) console.log(`not compared: the pictures were taken with ${there}, this is ${here}`);
  test.skip(here !== there, "the pictures were taken with other fonts (appearance/fingerprint.json)");
}

/** The article on the model that comes with it, its first figures and its lab awake. */
async function open(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const article = new Article(page);
  await article.open("", "trained");
  await expectSameMachine(page);
  // The captions' similarities and the table of an ablation are the last that the engine is asked for.
  await article.figure("lr-gradient");
  for (const last of ["lr-gradient [data-testid=captions]", "lr-ablate [data-testid=ablation][aria-busy=false]", "lr-lab [data-testid=lab-runs] [data-phase=ready]"]) {
    await page.locator(last.split(" ")[0] ?? "").first().scrollIntoViewIfNeeded();
    await expect(page.locator(last).first()).toBeVisible();
  }
}

/** Cuts an element off at a height and lays it out on whole pixels; without a height, undoes both. In the page. */
function crop(element: HTMLElement, height?: number): void {
  Object.assign(element.style, { maxHeight: "", minHeight: "", overflow: "", position: "", top: "" });
  if (height === undefined) return;
  // What is above, and the element, may be any part of a pixel high. A transform would leave what is in it on parts of one.
  const box = element.getBoundingClientRect();
  const top = box.top + scrollY;
  Object.assign(element.style, {
    maxHeight: `${height}px`,
    minHeight: `${Math.min(Math.ceil(box.height), height)}px`,
    overflow: "clip",
    position: "relative",
    top: `${Math.ceil(top) - top}px`,
  });
}

/** Compares the upper part of something; `differs` where it must not be alike. */
async function compare(page: Page, shot: (typeof SHOTS)[number], theme: (typeof THEMES)[number], width: number, differs?: string): Promise<void> {
  const target = page.locator(shot.within).first();
  const file = `${width}-${theme}-${shot.name}.png`;
  // Cut anew for each try, since what is above may have grown by part of a pixel since the last.
  await expect.soft(async () => {
    await target.evaluate(crop, shot.height);
    if (differs === undefined) await expect(target).toHaveScreenshot(file, ALIKE);
    else await expect(target, differs).not.toHaveScreenshot(file, ALIKE);
  }).toPass({ timeout: 2 * ALIKE.timeout });
  await target.evaluate(crop);
}

for (const width of WIDTHS) {
  test(`the article looks as it did, ${width} px wide`, async ({ page }) => {
    await open(page, width);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      for (const shot of SHOTS) await compare(page, shot, theme, width);
    }
  });
}

for (const [theme, width] of SCREENS) {
  test(`each figure of the article looks as it did, ${theme}, ${width} px wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await new Article(page).open("", "trained");
    await expectSameMachine(page);
    const names = await page.locator("main [id^=figure-]:not(.walk *)").evaluateAll((figures) => figures.map(({ id }) => id));
    expect(names.length).toBe(14); // the second is the cockpit
    // The page draws a picture of the report only while it is out of sight.
    await page.mouse.move(1, 1);
    await expect(page.locator(".static img:not(.drawn)")).toHaveCount(0);
    for (const name of names) {
      await page.evaluate((name) => { location.hash = name; }, name);
      await expect(page.locator(`#${name}`).getByRole("heading").first()).toBeVisible();
      await compare(page, { name, within: `#${name}`, height: 1800 }, theme, width);
    }
  });
}

test("negative control: another colour, one cell, a moved caption and a wrapped line are seen", async ({ page }) => {
  await open(page, 360);
  const changes: { what: string; shot: string; of: string; style: Record<string, string> }[] = [
    { what: "an object's colour", shot: "top", of: ":root", style: { "--object-b": "#b06a00" } },
    { what: "one cell", shot: "heads", of: "lr-lab lr-gradient .heads rect >> nth=14", style: { fill: "var(--above)" } },
    { what: "a caption moved by two pixels", shot: "top", of: "lr-hero .verdict", style: { transform: "translateX(2px)" } },
    { what: "a line that wraps", shot: "top", of: ".standfirst", style: { "letter-spacing": "0.4px" } },
  ];
  for (const { what, shot: name, of, style } of changes) {
    const set = (style: Record<string, string>) =>
      page.locator(of).first().evaluate((element: HTMLElement, style) => { for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value); }, style);
    await set(style);
    const shot = SHOTS.find((shot) => shot.name === name);
    if (!shot) throw new Error(`no shot is called ${name}`);
    await compare(page, shot, "light", 360, what);
    await set(Object.fromEntries(Object.keys(style).map((name) => [name, ""])));
    await compare(page, shot, "light", 360);
  }
});
