// What this browser keeps: whatever a reader opens, imports or compares, no run takes another's place.
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { Locator, Page } from "@playwright/test";
import { Article } from "./article";
import { expect, test } from "./harness";
import { keptRuns, keptSteps } from "./kept";
import { Trial } from "./trial";

const trained = readFileSync(new URL("../fixtures/trained.safetensors", import.meta.url));

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

/** The page with a run of its own that is kept, and its step. */
async function withRun(page: Page, query = "?engine=cpu"): Promise<{ article: Article; step: number }> {
  const article = new Article(page);
  await article.open(query);
  await article.trainPast(60);
  const step = await article.step();
  await expect.poll(() => keptSteps(page)).toEqual([step]);
  return { article, step };
}

async function lab(page: Page): Promise<Locator> {
  await page.locator("lr-lab").scrollIntoViewIfNeeded();
  await page.locator("lr-kept").scrollIntoViewIfNeeded();
  return page.locator("lr-kept");
}

test("a model from a file is another run: what was trained before stays kept, and Back goes on with it", async ({ page }) => {
  const { article, step } = await withRun(page, "?engine=cpu&seed=4");
  const [mine] = await keptRuns(page);
  await article.openModel("theirs.safetensors", trained);
  await expect(article.state).toHaveText("Opened from theirs.safetensors.");
  await article.run((run) => run.train((run.step) + 5));
  await expect.poll(async () => (await keptRuns(page)).length).toBe(2);
  expect((await keptRuns(page)).at(-1)).toEqual(mine);
  await article.button(/^Back to /).click();
  await expect(article.state).toHaveText(`Paused at step ${step}.`);
  await article.trainPast(step + 10);
  const further = await article.step();
  await expect.poll(async () => (await keptRuns(page)).find(({ id }) => id === mine?.id)?.step).toBe(further);
});

test("a kept run that cannot be opened stays kept as it is, whatever is trained meanwhile", async ({ page }) => {
  const { article, step } = await withRun(page, "?engine=cpu&seed=4");
  const [mine] = await keptRuns(page);
  await page.reload();
  await expect(article.state).toHaveAttribute("data-phase", "ready");
  await page.evaluate(async (id) => {
    const answer = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => { request.onsuccess = () => { resolve(request.result); }; });
    const database = await answer(indexedDB.open("leftright"));
    const contents = database.transaction("contents", "readwrite").objectStore("contents");
    const saved = await answer(contents.get(id) as IDBRequest<object>);
    await answer(contents.put({ ...saved, state: new Uint8Array([1, 2, 3]) }, id));
    database.close();
  }, mine?.id ?? "");
  const kept = await lab(page);
  await kept.getByRole("button", { name: "Open as Run A" }).click();
  await expect(article.error).toContainText("The run could not be brought back");
  await article.run((run) => run.train(30));
  await expect.poll(() => keptSteps(page)).toEqual([30, step]);
  expect((await keptRuns(page)).at(-1)?.id).toBe(mine?.id);
});

test("a kept run that is opened twice goes two ways; the second run of the lab is kept too", async ({ page }) => {
  const { article, step } = await withRun(page);
  const kept = await lab(page);
  await page.getByRole("button", { name: "Compare with a second run" }).click();
  await kept.getByRole("button", { name: "Open as Run B" }).click();
  const b = page.getByRole("region", { name: "Run B" });
  await expect(b.getByTestId("state")).toHaveText(`Paused at step ${step}.`);
  await b.getByRole("button", { name: "Go on" }).click();
  await expect.poll(async () => Number(await b.getByTestId("state").getAttribute("data-step"))).toBeGreaterThan(step + 60);
  await b.getByRole("button", { name: "Pause" }).click();
  await expect(b.getByTestId("state")).toHaveText(/^Paused at step/);
  const other = Number(await b.getByTestId("state").getAttribute("data-step"));
  await expect.poll(() => keptSteps(page)).toEqual([other, step]);
  expect(await article.step()).toBe(step);
});

test("a session's file is kept beside what has gone on since, and not twice", async ({ page }) => {
  const { article, step } = await withRun(page);
  const kept = await lab(page);
  const [file] = await Promise.all([page.waitForEvent("download"), kept.getByRole("button", { name: "Save the session to a file" }).click()]);
  const path = await file.path();
  await kept.locator("#session").setInputFiles(path);
  await expect(kept.getByRole("status")).toContainText("are kept here now");
  expect(await keptSteps(page)).toEqual([step]);
  await article.trainPast(step + 60);
  const further = await article.step();
  await expect.poll(() => keptSteps(page)).toEqual([further]);
  await kept.locator("#session").setInputFiles(path);
  await expect.poll(async () => (await keptSteps(page)).sort((a, b) => a - b)).toEqual([step, further]);
});

test("a run is forgotten when its reader has said so twice", async ({ page }) => {
  const { step } = await withRun(page);
  const kept = await lab(page);
  await kept.getByRole("button", { name: "Forget", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(`Forget the run at step ${step}?`);
  await dialog.getByRole("button", { name: "Keep it" }).click();
  expect(await keptSteps(page)).toEqual([step]);
  await kept.getByRole("button", { name: "Forget", exact: true }).click();
  await dialog.getByRole("button", { name: "Forget it" }).click();
  await expect.poll(() => keptSteps(page)).toEqual([]);
});

test("a session of a stranger is read before anything is kept of it", async ({ page }) => {
  await withRun(page);
  const kept = await lab(page);
  for (const [index, says] of [
    [{ runs: [null] }, "run 1 is none."],
    [{ runs: [{ id: "a", name: null, step: 1, target: 1, firstStep: 1, losses: [], evaluations: [{ step: 1, slopes: [] }], settings: {}, steps: [] }] }, "run 1 has no evaluations."],
    [{ runs: [], experiments: [null] }, "experiment 1 is none."],
  ] as const) {
    await kept.locator("#session").setInputFiles({ name: "strange.zip", mimeType: "application/zip", buffer: stored("session.json", JSON.stringify(index)) });
    await expect(kept.getByRole("alert")).toContainText(`strange.zip was not opened: ${says}`);
  }
  expect(await keptRuns(page)).toHaveLength(1);
});

/** A zip of one file that is not compressed. */
function stored(name: string, text: string): Buffer {
  const [file, data] = [Buffer.from(name), Buffer.from(text)];
  const about = Buffer.alloc(26); // version, flags, method, time, date, CRC, two sizes, two lengths
  about.writeUInt16LE(20, 0);
  about.writeUInt32LE(crc32(data), 10);
  about.writeUInt32LE(data.length, 14);
  about.writeUInt32LE(data.length, 18);
  about.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), about, file, data]);
  const central = Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0000"), about, Buffer.alloc(14), file]);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

test("figures of the lab keep what they measured when another is shown or hidden", async ({ page }) => {
  const article = new Article(page);
  await page.goto("./?engine=cpu");
  await expect(article.state).toContainText("This model came with the page");
  await lab(page);
  await page.locator("lr-lab").getByRole("button", { name: "Reversal" }).click();
  const reversal = page.locator("lr-lab lr-reversal");
  await reversal.getByRole("button", { name: "Measure" }).click();
  await expect(reversal.getByTestId("examination-state")).toHaveText("Measured: the model at step 1,000.", { timeout: 60_000 });
  await page.locator("lr-lab").getByRole("button", { name: "Nine terms" }).click();
  await expect(page.locator("lr-lab lr-gradient")).toHaveCount(0);
  await expect(reversal.getByTestId("examination-state")).toHaveText("Measured: the model at step 1,000.");
});

test("a measurement that is cancelled before its first part leaves the one before, which is of the model it says", async ({ page }) => {
  const { article, step } = await withRun(page);
  const trial = new Trial(page, "reversal");
  await trial.measure();
  const [finding, verdict] = [await trial.finding.innerText(), await trial.verdict.getAttribute("data-verdict")];
  await article.run((run) => run.train(run.step + 20));
  await article.run((run) => {
    const { client } = run as unknown as { client: { examine(...of: unknown[]): Promise<unknown> } };
    const examine = client.examine.bind(client);
    client.examine = async (...of) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return examine(...of);
    };
  });
  await trial.figure.getByRole("button", { name: /^Measure/ }).click();
  await trial.button("Cancel").click();
  await expect(trial.examined).toContainText(`step ${step}`);
  expect(await trial.finding.innerText()).toBe(finding);
  expect(await trial.verdict.getAttribute("data-verdict")).toBe(verdict);
  // Of a part alone nothing is decided.
  await trial.figure.getByRole("button", { name: /^Measure/ }).click();
  await expect(trial.examined).toHaveText(/^1 of/);
  await expect(trial.verdict).toHaveAttribute("data-verdict", "open");
});

test("Run, Cancel and Run train once, and a double click on Run is one", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu");
  await article.run((run) => {
    const slow = run as unknown as { engine(): Promise<unknown> };
    const engine = slow.engine.bind(run);
    slow.engine = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return engine();
    };
  });
  const trial = new Trial(page, "slope");
  await trial.show();
  const workers = page.workers().length;
  for (const name of ["Run", "Cancel", "Run"]) await trial.button(name).click();
  await expect.poll(() => page.workers().length).toBeGreaterThan(workers);
  await page.waitForTimeout(500); // what the first Run would train
  await trial.button("Cancel").click();
  await expect.poll(() => page.workers().length).toBe(workers);

  await trial.button("Run").dblclick();
  await expect(trial.button("Cancel")).toBeVisible();
  await expect(trial.state).toHaveAttribute("data-phase", "running");
});

test("a model that is opened as the engine dies is there when it is back", async ({ page }) => {
  const { article } = await withRun(page);
  await article.run(async (run) => {
    const opening = run as typeof run & { open(name: string, bytes: Uint8Array): Promise<void> };
    const bytes = await opening.client.checkpoint();
    opening.worker.kill();
    while (opening.phase !== "loading") await new Promise((resolve) => setTimeout(resolve));
    await opening.open("mine.safetensors", bytes);
  });
  await expect(article.state).toHaveText("Opened from mine.safetensors.");
  await page.waitForTimeout(500); // what would still go on
  await expect(article.state).toHaveText("Opened from mine.safetensors.");
  await expect(article.error).toHaveCount(0);
});
