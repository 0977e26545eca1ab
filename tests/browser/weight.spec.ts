// What a reader downloads, as a server sends it: brotli, in kilobytes of a thousand.
import { readFileSync, readdirSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { Article } from "./article";
import { expect, test } from "./harness";

const ASSETS = new URL("../../www/dist/assets/", import.meta.url);
/** The modules that train. */
const TRAINS = /^(leftright|relaxed)_bg.*\.wasm$/;

function kilobytes(bytes: Uint8Array): number {
  return brotliCompressSync(bytes).length / 1000;
}

test("each module that trains is under 300 KB", ({}, { project }) => {
  test.skip(project.name !== "no-webgpu", "once is enough");
  const files = readdirSync(ASSETS).filter((name) => TRAINS.test(name));
  expect(files).toHaveLength(2); // with relaxed SIMD and without
  for (const file of files) {
    const size = kilobytes(readFileSync(new URL(file, ASSETS)));
    console.log(`${file}: ${size.toFixed(1)} KB`);
    expect(size).toBeLessThan(300);
  }
});

test("the article's first load is at most 235 KB and its checkpoint 400 KB; what trains comes when it is asked for", async ({ page }, { project }) => {
  test.skip(project.name !== "no-webgpu", "the page is the same");
  const names: string[] = [];
  const weighed: Promise<[name: string, size: number][]>[] = [];
  page.on("response", (response) => {
    const name = new URL(response.url()).pathname.split("/").at(-1) ?? "";
    names.push(name);
    weighed.push(response.body().then((body) => [[name, name.endsWith(".safetensors") ? body.length / 1000 : kilobytes(body)]], () => []));
  });
  const article = new Article(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await article.open("", "trained");
  await page.waitForLoadState("networkidle");
  // What has arrived may still wait to be weighed: brotli takes its time here, in which the page may go on fetching.
  const loaded = (await Promise.all([...weighed])).flat();
  const [checkpoint = [], rest] = [loaded.find(([name]) => name.endsWith(".safetensors")), loaded.filter(([name]) => !name.endsWith(".safetensors"))];
  const sum = rest.reduce((total, [, size]) => total + size, 0);
  console.log(`first load: ${sum.toFixed(1)} KB of ${rest.map(([name, size]) => `${name} ${size.toFixed(1)}`).join(", ")}; checkpoint ${String(checkpoint[1])} KB`);
  expect(sum).toBeLessThan(235);
  expect(checkpoint[1]).toBeLessThan(400);
  expect(names.some((name) => TRAINS.test(name))).toBe(false);

  await article.button("Train").click();
  await article.trained();
  expect(names.some((name) => TRAINS.test(name))).toBe(true);
});
