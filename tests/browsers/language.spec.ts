// A reader whose system names no language: WebKitGTK then calls the page's language "C", which Intl refuses.
import { existsSync } from "node:fs";
import { expect, test } from "./reader";

test.use({ lang: "C.UTF-8" });
test.skip(({ program }) => !existsSync(program), "this browser is not installed");

test("the figures are there all the same", async ({ reader, article }) => {
  await reader.open(article);
  await expect.poll(() => reader.text("lr-cockpit[number]", "[data-testid=state]"), { timeout: 10_000 }).toMatch(/^This model came with the page/);
});
