// Draws the picture that goes with a link to the article, 1200 by 630, from the head of the built page: `node package/card.mjs` after
// `vite build`. It needs a Chromium, whose path CHROMIUM names.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const page = readFileSync("www/dist/index.html", "utf8");
const part = (pattern) => {
  const [found] = pattern.exec(page) ?? [];
  if (!found) throw new Error(`the built page has no ${pattern}`);
  return found;
};
const style = (name) => readFileSync(`www/src/${name}.css`, "utf8").replace(/@import.*;/, "");

const card = `<!doctype html><html data-theme="light"><meta charset="utf-8"><style>
${["style/tokens", "style/page", "app/article", "app/drawings", "app/hero"].map(style).join("")}
body { display: block; padding: 56px 64px; zoom: 1; }
h1 { margin: 0 0 40px; font-size: 64px; }
lr-hero { zoom: 1.2; }
.hero :is(.story, .hint) { display: none; }
.hero th { white-space: nowrap; }
.hero thead th:not(:first-child) { min-width: 7rem; }
</style>${part(/<h1>.*?<\/h1>/s)}${part(/<lr-hero>.*?<\/lr-hero>/s)}</html>`;

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const tab = await browser.newPage();
await tab.setViewport({ width: 1200, height: 630 });
await tab.setContent(card);
await tab.screenshot({ path: "www/public/card.png" });
await browser.close();
