// What a reader downloads, as a server sends it: brotli, in kilobytes of a thousand.
import { readFileSync, readdirSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { expect, test } from "@playwright/test";

const ASSETS = new URL("../../www/dist/assets/", import.meta.url);

function kilobytes(...endings: string[]): number {
  const files = readdirSync(ASSETS).filter((file) => endings.some((ending) => file.endsWith(ending)));
  expect(files.length).toBeGreaterThan(0);
  return files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(new URL(file, ASSETS))).length, 0) / 1000;
}

test("the module is under 300 KB, scripts and styles under 120 KB", ({}, { project }) => {
  test.skip(project.name !== "webgpu", "once is enough");
  const [module, page] = [kilobytes(".wasm"), kilobytes(".js", ".css")];
  console.log(`brotli: wasm ${module.toFixed(1)} KB, JS and CSS ${page.toFixed(1)} KB`);
  expect(module).toBeLessThan(300);
  expect(page).toBeLessThan(120);
});
