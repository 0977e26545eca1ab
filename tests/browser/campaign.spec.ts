// A campaign of faults at random steps: workers killed, devices destroyed, pages reloaded. The curve goes on, and no step is lost
// beyond the last snapshot.
import { Article } from "./article";
import { times } from "./campaign";
import { expect, test } from "./harness";
import { random } from "./random";

/** A snapshot is kept every so many steps. */
const SNAPSHOT = 50;

const WORKERS = times(12, 50);
const DEVICES = times(2, 50); // an emulated GPU compiles for seconds before each
const RELOADS = times(6, 20);

/** What the campaign uses of the page's run. */
interface Run extends EventTarget {
  phase: string;
  step: number;
  kept: number[];
  losses: number[];
  error: string | null;
  worker: { kill(): void };
}

/** A worker that was killed: at which step, with which snapshot, where its run went on, and what became of it. */
interface Killed {
  before: number;
  kept: number;
  from: number;
  noticed: number;
  losses: number;
  step: number;
  finite: boolean;
  error: string | null;
}

test(`${WORKERS} workers killed while they train: each run goes on from its last snapshot, on one curve`, async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "of the worker, whatever trains in it");
  test.setTimeout(300_000);
  const article = new Article(page);
  await article.open("?engine=cpu");
  const next = random(20261126);
  const pauses = Array.from({ length: WORKERS }, () => next() * 400);
  const seen: Killed[] = [];
  await article.run((run) => { void run.train(4_000_000); });
  for (const pause of pauses) {
    await expect.poll(() => article.run((run) => run.phase === "training" && run.msPerStep !== null)).toBe(true);
    // In the page, so that a kill comes when it is meant to.
    seen.push(
      await page.evaluate(async (pause) => {
        const { run } = (globalThis as unknown as { leftright: { run: Run } }).leftright;
        const until = (reached: () => boolean) =>
          new Promise<void>((resolve) => {
            const look = () => {
              if (!reached()) return;
              run.removeEventListener("change", look);
              resolve();
            };
            run.addEventListener("change", look);
            look();
          });
        await new Promise((resolve) => setTimeout(resolve, pause));
        const [before, kept, began] = [run.step, run.kept.at(-1) ?? 0, performance.now()];
        run.worker.kill();
        await until(() => run.phase !== "training");
        await until(() => run.phase === "training");
        const noticed = performance.now() - began;
        const from = run.step;
        await until(() => run.step > from);
        return { before, kept, from, noticed, losses: run.losses.length, step: run.step, finite: run.losses.every(Number.isFinite), error: run.error };
      }, pause),
    );
  }
  for (const { before, kept, from, losses, step, finite, error } of seen) {
    expect(from).toBeGreaterThanOrEqual(kept);
    expect(before - from).toBeLessThanOrEqual(SNAPSHOT);
    expect([losses, finite, error]).toEqual([step, true, null]);
  }
  const redone = seen.map(({ before, from }) => before - from).sort((a, b) => a - b);
  const noticed = seen.map((kill) => kill.noticed).sort((a, b) => a - b);
  console.log(`${WORKERS} workers killed: at most ${redone.at(-1) ?? 0} steps redone, back in ${Math.round(noticed[WORKERS / 2] ?? 0)} ms (median), ${Math.round(noticed.at(-1) ?? 0)} ms at most`);
});

test(`${DEVICES} devices destroyed while they train: the CPU engine goes on, on one curve`, async ({ page }, { project }) => {
  test.skip(project.name !== "webgpu", "needs WebGPU");
  test.setTimeout(DEVICES * 30_000);
  const article = new Article(page);
  await article.open("?engine=gpu&d_model=16&heads=2&d_embed=16&batch=16");
  await article.button("Train").scrollIntoViewIfNeeded(); // out of sight it is not drawn while it trains
  const next = random(20261127);
  for (let time = 0; time < DEVICES; time++) {
    if (time > 0) await article.run((run) => run.reset());
    await article.run((run) => { void run.train(2_000); });
    await expect.poll(() => article.step()).toBeGreaterThan(1);
    await page.waitForTimeout(next() * 300);
    await article.run((run) => run.client.loseDevice());
    await expect(article.engine).toHaveAttribute("data-kind", "cpu");
    await expect(article.notices).toContainText("device was lost");
    const lost = await article.step();
    await expect.poll(() => article.step()).toBeGreaterThan(lost);
    const { losses, step, finite, error } = await article.run(({ losses, step, error }) => ({ losses: losses.length, step, finite: losses.every(Number.isFinite), error }));
    expect([losses, finite, error]).toEqual([step, true, null]);
    await (time < DEVICES - 1 ? article.run((run) => run.pause()) : expect(article.state).toHaveText("Trained for 2,000 steps."));
  }
});

test(`${RELOADS} reloads in mid-training: each is resumed from its last snapshot`, async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
  test.setTimeout(300_000);
  const article = new Article(page);
  await article.open("?engine=cpu&d_model=32&d_embed=32&batch=32");
  const next = random(20261128);
  let before = 0;
  for (let time = 0; time < RELOADS; time++) {
    await article.run((run) => { void run.train(4_000_000); });
    await expect.poll(() => article.run((run) => run.step)).toBeGreaterThan(before + SNAPSHOT + 5);
    await page.waitForTimeout(next() * 200);
    const step = await article.run((run) => run.step);
    await page.reload();
    await page.locator(".notice-box").getByRole("button", { name: "Resume" }).click();
    await expect(article.state).toHaveText(/^(Paused at|Trained for)/);
    before = await article.run((run) => run.step);
    // The page goes on training while it is asked for its step and told to reload.
    expect(before).toBeGreaterThanOrEqual(step - SNAPSHOT);
    expect(await article.losses()).toHaveLength(before);
  }
});
