// Files, messages and attributes that are made to harm: no model is lost, nothing hangs, nothing becomes markup, and what is no
// number is not shown as one.
import { Article } from "./article";
import { SCRIPT, ready, test as guest } from "./guest";
import { page as html } from "./host";
import { expect, test } from "./harness";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

const FILES = 1_000;

test(`${FILES} broken checkpoints: each is refused in a sentence, or shown for what it is`, async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu&d_model=16&heads=2&d_embed=16&labels=8&pair_labels=3&held_labels=4");
  const seen = await page.evaluate(async (files) => {
    interface Accuracy { retrieval: number; not_finite?: number; items: number }
    interface Run {
      phase: string;
      error: string | null;
      notices: string[];
      evaluation: { accuracies: Record<string, Accuracy> } | null;
      client: { checkpoint(): Promise<Uint8Array> };
      open(name: string, bytes: Uint8Array): Promise<void>;
    }
    const { run } = (globalThis as unknown as { leftright: { run: Run } }).leftright;
    let state = 20261126;
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const whole = await run.client.checkpoint();
    const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
    const specials = [NaN, Infinity, -Infinity, 3e38, -3e38, 1e30, 1e-45, 0];
    const mutated = (): Uint8Array => {
      const bytes = whole.slice();
      const view = new DataView(bytes.buffer);
      const header = () => 8 + next(length);
      const kind = next(7);
      if (kind === 0) return bytes.slice(0, next(bytes.length));
      if (kind === 1) for (let i = 0; i <= next(4); i++) bytes[header()] = next(256);
      if (kind === 2) view.setBigUint64(0, [0n, 1n, BigInt(length - 1), BigInt(length + 1), 2n ** 40n, 2n ** 63n][next(6)] ?? 0n, true);
      if (kind === 3 || kind === 4) {
        const floats = Math.floor((bytes.length - 8 - length) / 4);
        for (let i = 0; i <= next(kind === 3 ? 3 : floats); i++) view.setFloat32(8 + length + 4 * next(floats), specials[next(specials.length)] ?? 0, true);
      }
      if (kind === 5) {
        const text = new TextDecoder().decode(bytes.slice(8, 8 + length));
        const digits = [...text.matchAll(/\d+/g)];
        const at = digits[next(digits.length)];
        if (at) bytes.set(new TextEncoder().encode(String(next(10)).repeat(at[0].length)), 8 + at.index);
      }
      if (kind === 6) return new Uint8Array([...bytes, ...bytes.slice(0, next(100))]);
      return bytes;
    };
    const results = [];
    for (let file = 0; file < files; file++) {
      run.error = null;
      const began = performance.now();
      await run.open(`file-${file}\u202e<img src=x>.safetensors`, mutated());
      const splits = Object.values(run.evaluation?.accuracies ?? {});
      results.push({
        phase: run.phase,
        error: run.error as string | null,
        ms: performance.now() - began,
        broken: splits.reduce((sum, { not_finite = 0 }) => sum + not_finite, 0),
        numbers: splits.every(({ retrieval }) => Number.isFinite(retrieval)),
        restarted: run.notices.some((notice) => notice.includes("restarted")),
      });
    }
    return results;
  }, FILES);
  const refused = seen.filter(({ error }) => error !== null);
  const broken = seen.filter((one) => one.error === null && one.broken > 0);
  console.log(`${FILES} checkpoints: ${refused.length} refused, ${broken.length} said to be broken, the slowest ${Math.round(Math.max(...seen.map(({ ms }) => ms)))} ms`);
  expect(refused.length).toBeGreaterThan(FILES / 4);
  expect(refused.length).toBeLessThan(FILES);
  expect(broken.length).toBeGreaterThan(5);
  for (const { phase, error, ms, numbers, restarted } of seen) {
    expect([phase, numbers, restarted]).toEqual(["ready", true, false]);
    expect(ms).toBeLessThan(5_000);
    if (error !== null) expect(error).not.toMatch(/[\u0000-\u001f\u202a-\u202e]|^.{301}/);
  }
  expect(await page.locator("lr-cockpit [data-testid=error] img, lr-cockpit [part=finding] img").count()).toBe(0);
});

test("a model whose scores are no numbers is called broken, not given an accuracy", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  const bytes = await article.run(async (run) => {
    const whole = await run.client.checkpoint();
    const view = new DataView(whole.buffer);
    const start = 8 + Number(view.getBigUint64(0, true));
    for (let at = start; at + 4 <= whole.length; at += 4) view.setFloat32(at, 3e38, true);
    return Array.from(whole);
  });
  await article.openModel("huge.safetensors", Buffer.from(bytes));
  await expect(article.finding).toContainText(/^This model is broken: for [\d,]+ of [\d,]+ pairs its scores are no finite numbers/);
});

test("a run that orders more steps than anyone trains is asked about first", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  const form = await article.figure("lr-train");
  const order = (steps: number) => form.locator("input[type=file]").setInputFiles({ name: "run.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify({ config: { seed: 7 }, steps })) });
  await order(4_294_967_295);
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("run.json orders 4,294,967,295 steps of training");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(article.error).toContainText("its 4,294,967,295 steps were not wanted");
  expect(await article.run((run) => run.current?.config.seed)).toBe(0);
  await order(30);
  await expect(article.state).toHaveText("Trained for 30 steps.");
  await expect(dialog).toHaveCount(0);
});

guest("two thousand messages and attribute values: no script, no markup, no error, no tab that hangs", async ({ page, host, complaints }) => {
  const { origin } = await host({ "/course": html(`${SCRIPT}<lr-ablate></lr-ablate><lr-strip></lr-strip>`) });
  await page.goto(`${origin}/course`);
  await ready(page, "lr-ablate");
  const ms = await page.evaluate(async () => {
    const [ablate, strip] = [document.querySelector("lr-ablate"), document.querySelector("lr-strip")];
    const texts = ["", "0", "-1", "1e9", "100000", "NaN", "Infinity", "9".repeat(5_000), "<img src=x onerror=alert(1)>", "javascript:alert(1)", "\u0000\u202e", "__proto__", "EP VP", "null", "0 0 16 0 0 0 0 17 0 0", "🦀".repeat(500)];
    const settings = ["seed", "pair-labels", "single-layouts", "lock", "controls", "theme", "number", "ablate", "strength", "head", "strip", "step", "onclick-x", "style-x"];
    const strips = ["pixels", "labels", "positions"];
    let state = 7;
    const one = <T>(of: T[]): T => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return of[Math.floor((state / 2 ** 32) * of.length)] as T;
    };
    const began = performance.now();
    for (let i = 0; i < 1_000; i++) {
      window.postMessage(one<unknown>([{ type: "leftright:height", height: one(texts) }, one(texts), null, { subject: one(texts) }, { type: "RAW", value: one(texts) }, [1, 2]]), "*");
      if (i % 10 === 0) ablate?.setAttribute(one(settings), one(texts));
      strip?.setAttribute(one(strips), one(texts));
      if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    return performance.now() - began;
  });
  expect(ms).toBeLessThan(60_000);
  await expect(page.locator("lr-ablate").getByTestId("finding")).toBeAttached();
  expect(await page.locator("lr-ablate img, lr-strip img, script:not([src])").count()).toBe(0);
  expect(complaints).toEqual([]);
});

guest("a strip of a hundred thousand pixels is refused at once", async ({ page, host }) => {
  const { origin } = await host({});
  const began = Date.now();
  await page.goto(`${origin}/site/embed.html?figure=strip&pixels=100000`);
  await expect(page.locator("lr-strip")).toContainText("pixels must be a whole number from 2 to 64; a strip of 10 is shown.");
  expect(Date.now() - began).toBeLessThan(5_000);
  await page.locator("lr-strip").evaluate((strip) => { strip.setAttribute("pixels", "12"); });
  await expect(page.locator("lr-strip")).not.toContainText("pixels must be"); // what is mended is not blamed
});
