// What goes wrong on readers' machines: the worker dies, the address lies, the file is not a model.
import { readFileSync } from "node:fs";
import { Article } from "./article";
import { expect, test } from "./harness";

test("a killed worker is restarted with the run's last state, and training goes on", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.trainPast(20); // a pause leaves a state to go on from
  const paused = await article.step();
  await article.button("Go on").click();
  await expect.poll(() => article.step()).toBeGreaterThan(paused);

  await article.run((run) => { run.worker.kill(); });
  await expect(article.notices).toContainText(/The engine stopped: .* It was restarted from step \d+\./);
  await article.trained();
  const losses = await article.losses();
  expect(losses).toHaveLength(1_000);
  expect(losses.at(-1)).toBeLessThan(0.5);
});

test("a worker that dies before the page has heard of its lock is noticed within seconds", async ({ page }) => {
  await page.addInitScript(() => {
    // What the page is told of the lock never arrives.
    const unheard = new Set<unknown>();
    const postMessage = Reflect.get(Worker.prototype, "postMessage") as (...message: unknown[]) => void;
    Worker.prototype.postMessage = function (...message: unknown[]) {
      const { id, path } = message[0] as { id: unknown; path?: string[] };
      if (path?.includes("holdLock")) unheard.add(id);
      Reflect.apply(postMessage, this, message);
    };
    const addEventListener = Reflect.get(EventTarget.prototype, "addEventListener") as (...given: unknown[]) => void;
    EventTarget.prototype.addEventListener = function (type: string, listener: EventListenerOrEventListenerObject | null, ...rest: unknown[]) {
      const heard = (event: Event) => {
        if (unheard.has((event as MessageEvent<{ id?: unknown }>).data.id)) return;
        if (typeof listener === "function") Reflect.apply(listener, this, [event]);
        else listener?.handleEvent(event);
      };
      Reflect.apply(addEventListener, this, [type, this instanceof Worker && type === "message" ? heard : listener, ...rest]);
    };
  });
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.trainPast(20);
  await page.waitForTimeout(5_000); // the living one is not taken for dead
  await expect(article.notices).toBeEmpty();
  await article.run((run) => { run.worker.kill(); });
  await expect(article.notices).toContainText(/The engine stopped: .* It was restarted from step \d+\./, { timeout: 10_000 });
});

test("training that diverges stops at the last good step, and says so", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  // No setting of the form goes so far.
  await article.run(async (run) => { await run.client.create({ lr: 1, token_std: 10, cls_std: 10, position_std: 10, weight_decay: 10, warmup: 1 }, "cpu"); });
  await article.button("Train").click();
  await expect(article.error).toHaveText(/^Training stopped: the loss is not finite at step \d+; the model is back at step \d+/);
  await expect(article.state).toHaveAttribute("data-phase", "ready");
  expect((await article.losses()).every(Number.isFinite)).toBe(true);
});

for (const [lack, hide] of [
  ["WebAssembly", () => { Reflect.deleteProperty(globalThis, "WebAssembly"); }],
  ["WebAssembly SIMD", () => { WebAssembly.validate = () => false; }],
] as const) {
  test(`a browser without ${lack} is told so, and not to reload`, async ({ page }) => {
    await page.addInitScript(hide);
    await page.goto("./");
    const article = new Article(page);
    await expect(article.error).toContainText(`This browser cannot run the engine: it has no ${lack}, or`);
    await expect(article.error).not.toContainText("eload");
  });
}

test("a name in the address that nothing here is called is said once in the console, with what is allowed", async ({ page }) => {
  const said: string[] = [];
  page.on("console", (message) => { if (message.text().startsWith("leftright: ")) said.push(message.text()); });
  const article = new Article(page);
  await article.open("?engine=cpu&pair_lables=3&seed=1&pair_lables=4");
  await article.button("EP").click(); // the address is written anew
  await expect(page).toHaveURL(/ablate=EP/);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^leftright: the address says “pair_lables”, which nothing here is called\. Allowed are seed, .*pair_labels/);
});

test("a worker that is busy for twelve seconds, as with the largest models, is not taken for a dead one", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  const [worker] = page.workers();
  const busy = worker?.evaluate(() => {
    const end = Date.now() + 12_000;
    while (Date.now() < end);
  });
  await (await article.figure("lr-train")).getByRole("button", { name: "Step", exact: true }).click();
  await busy;
  await expect.poll(() => article.step()).toBe(1);
  await expect(article.notices).toBeEmpty();
  await expect(article.error).toHaveCount(0);
});

for (const [query, message] of [
  ["?pair_labels=-3", "pair_labels is “-3”, but must be a whole number between 2 and"],
  ["?pair_labels=16", "pair_labels is “16”, but must be a whole number between 2 and 15"],
  ["?seed=1e400", "seed is “1e400”, but must be a whole number between 0 and 4294967295"],
  ["?engine=quantum", "engine is “quantum”, but must be one of auto, gpu, cpu"],
  ["?seed=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "seed is “<img src=x onerror=alert(1)>”"],
  [`?seed=${"9".repeat(5_000)}`, "seed is “9999999999999999999999999999999999999999…”"],
] as const) {
  test(`an address that cannot be used is said, and the defaults taken: ${query.slice(0, 40)}`, async ({ page }) => {
    const article = new Article(page);
    await article.open(query);
    await expect(article.notices).toContainText(message);
    const form = await article.figure("lr-train");
    await expect(form.getByLabel("Seed")).toHaveValue("0");
    await expect(form.getByLabel("Labels in pairs")).toHaveValue("15");
    await expect(form.getByLabel("Engine")).toHaveValue("auto");
  });
}

test("a number out of bounds in the form is said beside it, and changes nothing", async ({ page }) => {
  const article = new Article(page);
  await article.open();
  const form = await article.figure("lr-train");
  const seed = form.getByLabel("Seed");
  await seed.fill("-1");
  await seed.press("Enter");
  await expect(seed).toHaveAttribute("aria-invalid", "true");
  await expect(form.getByText("seed is “-1”, but must be a whole number")).toBeVisible();
  expect(await article.run((run) => run.current?.config.seed)).toBe(0);
});

const trained = readFileSync(new URL("../fixtures/trained.safetensors", import.meta.url));
const header = (size: bigint, text: string) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(size);
  return Buffer.concat([length, Buffer.from(text)]);
};

const NO_MODELS = {
  "empty.safetensors": Buffer.alloc(0),
  "garbage.safetensors": Buffer.from("this is not a model".repeat(100)),
  "truncated.safetensors": trained.subarray(0, trained.length / 2),
  "huge-claim.safetensors": header(2n ** 62n, "{}"),
  "no-tensors.safetensors": header(2n, "{}"),
  "hostile-shape.safetensors": header(94n, '{"logit_scale":{"dtype":"F32","shape":[4294967295,4294967295],"data_offsets":[0,4294967295]}}  '),
};

test("files that are no models leave the one at hand, which trains on", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.trainPast(20);
  for (const [name, bytes] of Object.entries(NO_MODELS)) {
    const before = await article.run((run) => run.client.checkpoint());

    await article.openModel(name, bytes);
    await expect(article.error).toContainText(`${name} was not opened, and the model here is as it was: `);
    await expect(article.state).toHaveText(/^Paused at step/);
    expect(Buffer.compare(await article.run((run) => run.client.checkpoint()), before), name).toBe(0);

    await article.trainPast((await article.step()) + 5);
    await expect(article.error).toBeHidden();
  }
});

test("the reference's trained model opens, and behaves as its record says", async ({ page }) => {
  const article = new Article(page);
  await article.open();
  await article.openModel("trained.safetensors", trained);
  await expect(article.state).toHaveText("Opened from trained.safetensors.");
  expect(await article.accuracy("unseen", "retrieval")).toBeCloseTo(0.99, 1);

  await article.button("EP").click();
  await expect((await article.figure("lr-ablate")).getByTestId("finding")).toContainText("Without EP the model still names both objects (recognition 1.00) but picks the order at chance (0.50).");
});
