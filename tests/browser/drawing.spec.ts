// What is drawn while a run trains: what is in sight, as it changes, and nothing else.
import { Article } from "./article";
import { expect, test } from "./harness";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

const TAGS = ["lr-cockpit", "lr-train", "lr-lines", "lr-gradient", "lr-heatmap", "lr-profile", "lr-ablate", "lr-settings", "lr-lab"];

test("six hundred steps with the cockpit in view draw it, and no figure out of sight", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await page.locator("lr-lab").scrollIntoViewIfNeeded(); // loaded, and then out of sight
  await expect(page.locator("lr-lab lr-heatmap").first()).toBeAttached();
  await article.button("Train").first().scrollIntoViewIfNeeded();
  await page.waitForTimeout(300); // the sight of the figures is told in a moment
  const counted = await page.evaluate(async (tags) => {
    interface Run extends EventTarget { step: number; train(to: number): Promise<void> }
    const { run } = (globalThis as unknown as { leftright: { run: Run } }).leftright;
    const renders: Record<string, number> = { changes: 0 };
    run.addEventListener("change", () => { renders.changes = (renders.changes ?? 0) + 1; });
    for (const tag of tags) {
      renders[tag] = 0;
      const { prototype } = customElements.get(tag) as unknown as { prototype: { render: () => unknown } };
      const { render } = prototype;
      prototype.render = function () {
        renders[tag] = (renders[tag] ?? 0) + 1;
        return render.call(this);
      };
    }
    let longest = 0;
    new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration); }).observe({ type: "longtask" });
    await run.train(600);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { renders, longest };
  }, TAGS);
  const { renders, longest } = counted;
  console.log(`600 steps: ${JSON.stringify(renders)}, longest task ${Math.round(longest)} ms`);
  const { changes = 0 } = renders;
  expect(changes).toBeGreaterThan(10);
  // At most once for each change and for each of its two answers; the other steps of the walk are empty in this window.
  const cockpits = await page.locator("lr-cockpit").count();
  expect(renders["lr-cockpit"]).toBeGreaterThan(10);
  expect(renders["lr-cockpit"]).toBeLessThanOrEqual(3 * changes + 10 * cockpits);
  // A first and a last time, when the run begins and ends.
  for (const tag of ["lr-train", "lr-gradient", "lr-ablate", "lr-lab"]) expect(renders[tag], tag).toBeLessThanOrEqual(30);
  for (const tag of ["lr-heatmap", "lr-profile", "lr-settings"]) expect(renders[tag], tag).toBeLessThanOrEqual(12);
});

test("charts are read by arrow keys also in a screen reader's browse mode: the role leaves the keys to them", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu", "trained");
  const chart = (await article.figure("lr-train")).locator("lr-lines").first();
  await article.figure("lr-gradient");
  await expect(page.locator("lr-lab lr-heatmap")).toHaveCount(4);
  // The tree that a screen reader is given, not our attributes.
  const client = await page.context().newCDPSession(page);
  await client.send("Accessibility.enable");
  const { nodes } = (await client.send("Accessibility.getFullAXTree")) as { nodes: { role?: { value: string }; name?: { value: string }; properties?: { name: string; value: { value: unknown } }[] }[] };
  const focusable = nodes.filter(({ properties }) => properties?.some(({ name, value }) => name === "focusable" && value.value === true));
  const charts = focusable.filter(({ name }) => name?.value.includes("Arrow keys read the values"));
  expect(charts.length).toBeGreaterThanOrEqual(5); // two curves, a map for each head, and the cockpit's heads
  expect(new Set(charts.map(({ role }) => role?.value))).toEqual(new Set(["application"]));
  // No image takes the keyboard's focus.
  expect(focusable.filter(({ role }) => role?.value === "img" || role?.value === "image")).toEqual([]);

  await chart.getByRole("application").focus();
  await page.keyboard.press("End");
  await expect(chart.locator(".reading")).toHaveText(/^loss: \S+ at step 1,000$/);
  await page.keyboard.press("ArrowLeft");
  await expect(chart.locator(".reading")).toHaveText(/at step 999$/);
});

test("one value alone has its place on an axis", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu", "trained");
  await page.locator("lr-birth").scrollIntoViewIfNeeded();
  await page.evaluate(async () => {
    await customElements.whenDefined("lr-chart");
    const axis = (label: string) => ({ label, bounds: null, log: false });
    const points = [{ x: 20, y: 3, least: 2, most: 4 }];
    const chart = { kind: "lines", title: "one", x: axis("step"), y: axis("loss"), series: [{ name: "loss", points }] };
    const element = Object.assign(document.createElement("lr-chart"), { chart, id: "alone" });
    document.querySelector("main")?.prepend(element);
  });
  const chart = page.locator("#alone");
  const [picture, mark] = [await chart.locator("svg.picture").boundingBox(), await chart.locator("g[data-series] .mark").first().boundingBox()];
  expect(mark?.x).toBeGreaterThan(picture?.x ?? Infinity);
  expect(mark?.x).toBeLessThan((picture?.x ?? 0) + (picture?.width ?? 0));
});

test("two hundred times trained and reset: the worker's models, its listeners and the page's heap stay as they were", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu&d_model=16&heads=2&d_embed=16&batch=16&labels=8&pair_labels=3&held_labels=4");
  const cycles = (count: number) =>
    page.evaluate(async (count) => {
      interface Run { train(to: number): Promise<void>; reset(): Promise<void>; worker: { models(): Promise<number> } }
      const { run } = (globalThis as unknown as { leftright: { run: Run } }).leftright;
      for (let cycle = 0; cycle < count; cycle++) {
        await run.train(3);
        await run.reset();
      }
      return run.worker.models();
    }, count);
  const heap = async () => {
    const client = await page.context().newCDPSession(page);
    await client.send("HeapProfiler.collectGarbage");
    const { usedSize } = (await client.send("Runtime.getHeapUsage")) as { usedSize: number };
    await client.detach();
    return usedSize;
  };
  await cycles(20);
  const before = await heap();
  expect(await cycles(180)).toBe(1);
  const after = await heap();
  console.log(`heap of the page: ${(before / 2 ** 20).toFixed(1)} MiB after 20 cycles, ${(after / 2 ** 20).toFixed(1)} after 200`);
  expect(after).toBeLessThan(before + 2 * 2 ** 20);
});
