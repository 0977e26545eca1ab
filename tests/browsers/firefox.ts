// Firefox, by WebDriver BiDi.
import puppeteer from "puppeteer-core";
import type { Driver, Launch } from "./driver";

export async function firefox({ program, lang, downloads }: Launch): Promise<Driver> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: program,
    headless: true,
    env: { ...process.env, LANG: lang },
    defaultViewport: { width: 1280, height: 800 },
    extraPrefsFirefox: { "browser.download.dir": downloads, "browser.download.folderList": 2 },
  });
  const page = await browser.newPage();
  return {
    open: async (url) => { await page.goto(url); },
    back: async () => { await page.goBack(); },
    run: async (expression, within) => {
      const frame = within === "page" ? page.mainFrame() : page.mainFrame().childFrames()[0];
      if (!frame) throw new Error("the page has no frame");
      return frame.evaluate(expression);
    },
    stroke: async ([from, ...path]) => {
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      for (const { x, y } of path) await page.mouse.move(x, y);
      await page.mouse.up();
    },
    type: (key) => page.keyboard.press(key),
    screenshot: async () => Buffer.from(await page.screenshot()),
    close: () => browser.close(),
  };
}
