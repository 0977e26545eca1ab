// Every figure of an experiment, driven as a reader would, and held to a number.
import { readFileSync } from "node:fs";
import { Article } from "./article";
import { times } from "./campaign";
import { expect, test } from "./harness";
import { Trial, number } from "./trial";

const ORDER = "order on unseen pairs without a term";

test.beforeEach(({}, { project }) => {
  // They train on the CPU, which is the same in both; engines.spec.ts and the test of the GPU below see to the rest.
  test.skip(project.name === "webgpu", "the CPU engine is tested without WebGPU");
});

async function open(page: Article["page"], name: string): Promise<Trial> {
  await new Article(page).open("?engine=cpu");
  return new Trial(page, name);
}

test.describe("figures that train models of their own", () => {
  test("label against layout diversity: cells fill in, are read by key, survive Cancel, and clear", async ({ page }) => {
    const trial = await open(page, "diversity");
    await trial.show();
    const map = "retrieval, unseen";
    await expect(trial.button("Clear results")).toBeDisabled();
    await trial.button("Run").click();
    await expect(trial.chart(map).getByRole("application")).toHaveAccessibleName(/0 of 16 cells measured/);
    // The jobs begin with fifteen labels, and one and five layouts per pair.
    expect(await number(trial.cell(map, "1", "15"), "data-value")).toBeGreaterThan(0.6);
    const five = await number(trial.cell(map, "5", "15"), "data-value");
    expect(five).toBeGreaterThan(0.6);
    await trial.cancel();
    await expect(trial.state).toHaveText(/^Stopped with \d+ of 16 models measured\.$/);
    expect(await trial.read(map, "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight")).toBe(
      `${five === 1 ? "1" : five.toFixed(2)}, at labels in pairs, N_pair 15 and layouts per pair, n_2 5`,
    );
    await expect(trial.cell(map, "1", "3")).not.toHaveAttribute("data-value");

    const measured = await trial.done();
    await trial.button("Go on").click();
    await trial.measured(measured + 1); // what was cancelled half way is trained again, what was measured is not
    await trial.cancel();
    await trial.button("Clear results").click();
    await expect(trial.state).toHaveText("16 models, 1,000 steps each.");
    await expect(trial.chart(map)).toBeHidden(); // the report's picture is back
    await expect(trial.figure.locator("progress")).toHaveJSProperty("value", 0);
  });

  test("slope and ability: under heavy weight decay there is neither", async ({ page }) => {
    const trial = await open(page, "slope");
    await trial.run(9);
    const marks = trial.chart("EP slope and order");
    const decayed = marks.locator('g[data-label*="weight decay 1,"]');
    expect(await number(decayed, "data-x")).toBeLessThan(0.2);
    expect(await number(decayed, "data-y")).toBeLessThan(0.65);
    const paper = marks.locator('g[data-label*="N_pair 15, n_2 20, weight decay 0,"]').first();
    expect(await number(paper, "data-x")).toBeGreaterThan(1);
    expect(await number(paper, "data-y")).toBeGreaterThan(0.8);
    await expect(trial.finding).toContainText(/rank correlation of 0\.[5-9]|rank correlation of 1/);
  });

  test("left and right captions: one text layer tosses a coin", async ({ page }) => {
    const trial = await open(page, "captions");
    await trial.run(1);
    const order = await trial.row("order, left and right captions", "unseen, one text layer");
    expect(order).toBeGreaterThanOrEqual(0.4);
    expect(order).toBeLessThanOrEqual(0.6);
    await trial.cancel();
  });

  test("a grid: EP falls from column to column, and without it the order is lost", async ({ page }) => {
    const trial = await open(page, "grid");
    await trial.run(2);
    const chart = `${ORDER}, left of`;
    const order = trial.figure.locator("lr-chart").filter({ has: page.getByRole("heading", { name: chart, exact: true }) });
    const value = (name: string) => number(order.locator(`tr[data-name="${name}"]`), "data-value");
    expect(await value("nothing")).toBeGreaterThanOrEqual(0.9);
    expect(await value("EP")).toBeGreaterThanOrEqual(0.4);
    expect(await value("EP")).toBeLessThanOrEqual(0.6);
    const falls = await Promise.all(
      [0, 1, 2, 3].map(async (head) => {
        const at = (column: string) => number(trial.cell(`EP, left of, head ${head}, first seed`, "2", column), "data-value");
        return Math.abs((await at("1")) - (await at("4")));
      }),
    );
    expect(Math.max(...falls)).toBeGreaterThan(3);
  });

  test("three objects: chance is a sixth, and EP carries all six orders", async ({ page }) => {
    const trial = await open(page, "three");
    await trial.run(1);
    expect(await trial.row("order on unseen triples", "nothing")).toBeGreaterThan(0.6);
    expect(await trial.row("order on unseen triples", "EP")).toBeLessThan(0.35);
  });

  test("layer norm and MLP: the model with neither loses its order with EP", async ({ page }) => {
    const trial = await open(page, "norm-mlp");
    await trial.run(1);
    const before = await trial.row("order on unseen pairs, held labels meet others", "neither");
    expect(before).toBeGreaterThanOrEqual(0.9);
    expect(await trial.row("order without EP, held labels meet others", "neither")).toBeLessThan(before - 0.2);
    await trial.cancel();
  });

  test("the model that writes trains in its figure, and stops", async ({ page }) => {
    const trial = await open(page, "autoregressive");
    await trial.run(0);
    await expect.poll(() => trial.figure.locator("progress").evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0.02);
    await trial.cancel();
    await expect(trial.state).toHaveText(/^2 models, [\d,]+ steps each\.$/);
  });

  test("the model that writes: what it writes of pairs it has not met is true", async ({ page }) => {
    test.skip(times(0, 1) === 0, "it trains for a minute: of the campaign");
    const trial = await open(page, "autoregressive");
    await trial.run(2); // either may be the first
    expect(await trial.row("what is written of unseen pairs", "nothing")).toBeGreaterThanOrEqual(0.8);
    expect(await trial.end("EP where the first object is named", "head 0")).toBeLessThan(50);
  });

  test("the phase map: a cell is named by the term that breaks the symmetry there", async ({ page }) => {
    const trial = await open(page, "phase");
    await trial.run(1);
    await trial.cancel();
    const title = "the term whose removal costs most order";
    const cell = trial.chart(title).locator("[data-name]").first();
    await expect(cell).toHaveAttribute("data-name", /^(EP|PE|PP|BP|BE|VP|no term alone|no order learned)$/);
    const [row, column] = [(await cell.getAttribute("data-row")) ?? "", (await cell.getAttribute("data-column")) ?? ""];
    expect(await number(trial.cell("order on unseen pairs, nothing removed", row, column), "data-value")).toBeGreaterThanOrEqual(0.4);
  });

  test("the birth of the slope: curves with their spread, to the end, a worker that crashes replaced, and every number in a file", async ({ page }) => {
    const trial = await open(page, "birth");
    await trial.show();
    await trial.button("Run").click();
    const losses = trial.chart("loss").locator("g[data-series]");
    await expect.poll(() => number(losses, "data-count")).toBeGreaterThan(2);
    await page.evaluate(() => { (globalThis as unknown as { leftrightPool: { trap(): void } }).leftrightPool.trap(); });
    await trial.measured(4); // the crashed one's model is trained again
    await expect(trial.state).toHaveText("All 4 models measured.");
    await expect(trial.figure.getByRole("alert")).toBeHidden();
    await expect(trial.verdict).toHaveAttribute("data-verdict", /^(reproduced|partly|not)$/);
    await expect(trial.finding).toContainText("Over 4 models");
    await trial.figure.getByText("How this is decided").click();
    await expect(trial.figure.getByTestId("conditions").locator("tbody tr")).toHaveText([/^median lead of the slope.*(holds|does not).*at least 10\.0/, /^seeds in which the slope leads.*at least 0\.75/]);
    expect(await trial.end("order on unseen pairs", "unseen.order")).toBeGreaterThan(0.8);
    expect(await trial.end("EP slope of the steepest head", "slope")).toBeGreaterThan(0.5);
    await expect(losses).toHaveAttribute("data-count", "25");
    expect(await trial.read("order on unseen pairs")).toMatch(/^unseen\.order: 0\.\d\d .*at step 20$/);

    await trial.figure.getByText("Keep", { exact: true }).click();
    const download = page.waitForEvent("download");
    await trial.button("CSV").click();
    const rows = readFileSync(await (await download).path(), "utf8").trim().split("\n");
    expect(rows).toHaveLength(1 + 4 * 25);
    expect(rows[0]).toContain("job,step,seed,loss");
  });
});

test.describe("figures that examine the reader's model", () => {
  const trained = readFileSync(new URL("../fixtures/trained.safetensors", import.meta.url));

  async function examined(page: Article["page"], name: string): Promise<Trial> {
    const article = new Article(page);
    await article.open("?engine=cpu");
    await article.openModel("trained.safetensors", trained);
    await expect(article.state).toHaveText("Opened from trained.safetensors.");
    return new Trial(page, name);
  }

  test("the text side: a head reads the label that is named first", async ({ page }) => {
    const trial = await examined(page, "text");
    await trial.measure();
    const attention = trial.chart("attention on the tokens");
    await expect(attention.getByRole("application")).toHaveAccessibleName(/head 0 from .* head 3 from/);
    expect(await trial.row("what prefers X to Y", "EP")).toBeCloseTo(2.19, 1);
    expect(await trial.row("order on unseen pairs without a text term", "nothing")).toBeCloseTo(0.99, 1);
  });

  test("alignment: one rotation brings the held labels' two vectors together", async ({ page }) => {
    const trial = await examined(page, "alignment");
    await trial.measure();
    const cosine = (name: string) => trial.row("cosines of token embeddings", name);
    expect(await cosine("same label, rotated, fitted on")).toBeGreaterThan((await cosine("same label, as it is")) + 0.2);
  });

  test("reversal: measured part by part, stopped and begun again; EP at -1 says the opposite", async ({ page }) => {
    const trial = await examined(page, "reversal");
    await trial.show();
    // What the report found stands beside what this model says, before it says anything.
    const report = trial.figure.getByTestId("report-verdict");
    await expect(report).toHaveText(/^Our report, of \d+ models: .*as expected$/);
    await expect(report).toHaveAttribute("data-verdict", "reproduced");
    await trial.figure.getByText("How this is decided").click();
    const told = trial.figure.getByTestId("conditions").locator("tbody tr").first();
    await expect(told).toHaveText(/order with EP reversed–0\.\d\d ✓ holdsat most 0\.10/);
    await trial.button("Measure").click();
    await expect.poll(() => number(trial.examined, "data-part")).toBeGreaterThan(2);
    await trial.button("Cancel").click();
    await expect(trial.examined).toHaveText(/^Stopped after \d+ of \d+ parts\.$/);
    await trial.button("Measure again").click();
    await expect(trial.examined).toHaveText("Measured: the model from trained.safetensors.", { timeout: 60_000 });
    await expect(told).toHaveText(/order with EP reversed0\.\d\d ✓ holds0\.\d\d ✓ holdsat most 0\.10/);
    expect(await trial.read("order on unseen pairs, each term")).toMatch(/^EP: 0\.01 at strength −1$/);
    expect(await trial.end("recognition on unseen pairs, each term", "EP")).toBeGreaterThan(0.9);
  });

  test("surgery: a drawn row answers at once; flat is a coin toss, and a ramp brings the order back", async ({ page }) => {
    const trial = await examined(page, "surgery");
    await trial.show();
    const after = (name: string) => trial.figure.getByTestId(`surgery-${name}`).locator("[data-value=after]");
    const order = () => after("order").textContent().then(Number);
    await expect.poll(order).toBeGreaterThan(0.9);
    const slider = trial.figure.getByLabel("A straight line");
    const heading = trial.figure.getByRole("heading").first();
    await slider.fill("0");
    await expect.poll(order).toBeLessThan(0.6);
    await expect(heading).toHaveText("With your line, a coin toss");
    await slider.fill("-3"); // against the model's own way
    await expect.poll(order).toBeLessThan(0.1);
    await expect(heading).toHaveText("With your line, left is right");
    await slider.fill("3");
    await expect.poll(order).toBeGreaterThan(0.9);
    await expect(heading).toHaveText("With your line, left is left");
    await expect(trial.finding).toContainText("With a straight line of +3.0 logits per pixel in head");
    await expect(after("recognition")).toHaveText(/^(0\.9\d|1\.00)$/);

    await trial.button("Restore the model’s own row").click();
    await expect.poll(order).toBeGreaterThan(0.9);
    const point = trial.figure.getByTestId("point-0");
    const own = await number(point, "aria-valuenow");
    await point.press("ArrowDown");
    await expect.poll(() => number(point, "aria-valuenow")).toBeCloseTo(own - 0.5, 1);
    const box = await point.boundingBox();
    if (!box) throw new Error("the point is not drawn");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 90, { steps: 5 });
    await page.mouse.up();
    expect(await number(point, "aria-valuenow")).toBeLessThan(own - 3);
    await trial.button("Undo").click();
    await trial.button("Undo").click();
    expect(await number(point, "aria-valuenow")).toBe(own);

    await trial.button("Measure every straight line").click();
    await expect(trial.examined).toHaveText("Measured: the model from trained.safetensors.", { timeout: 60_000 });
    expect(await trial.end("unseen pairs, with a ramp", "order")).toBeGreaterThan(0.8);
    // The axis of the picture means what the slider means: the reader's line lies on it.
    await slider.fill("2");
    const yours = trial.chart("unseen pairs, with a ramp").locator('g[data-series="order, yours"]');
    await expect.poll(() => number(yours, "data-last")).toBeGreaterThan(0.8);
    const drawn = await number(yours, "data-last");
    await expect.poll(order).toBeCloseTo(drawn, 1);
  });

  test("surgery: what is said is of the row that is shown, also while an answer is on its way, and in another world", async ({ page }) => {
    const trial = await examined(page, "surgery");
    await trial.show();
    const slider = trial.figure.getByLabel("A straight line");
    const heading = trial.figure.getByRole("heading").first();
    await slider.fill("0");
    await expect(heading).toHaveText("With your line, a coin toss");
    await page.evaluate(() => {
      interface Run { client: { operate: (rows: unknown) => Promise<unknown> } }
      const { client } = (globalThis as unknown as { leftright: { run: Run } }).leftright.run;
      const { operate } = client;
      const held = new Promise((resolve) => Object.assign(globalThis, { release: resolve }));
      client.operate = async (rows) => {
        await held;
        return operate.call(client, rows);
      };
    });
    await slider.fill("3");
    await expect(trial.finding).toHaveText(/^With a straight line of \+3\.0 logits per pixel in head \d, and no EP in the other heads: measuring…$/);
    await expect(heading).toHaveText("A line of your own in the place of EP");
    await expect(trial.figure.getByTestId("surgery")).toHaveAttribute("aria-busy", "true");
    await page.evaluate(() => { (globalThis as unknown as { release(): void }).release(); });
    await expect(heading).toHaveText("With your line, left is left"); // negative control
    await expect(trial.figure.getByTestId("surgery")).toHaveAttribute("aria-busy", "false");

    // A world of other pixels has no place for that row.
    await page.evaluate(async () => {
      interface Run { set(change: object): Promise<void>; reset(): Promise<void>; train(to: number): Promise<void> }
      const { run } = (globalThis as unknown as { leftright: { run: Run } }).leftright;
      await run.set({ pixels: 12, d_model: 16, heads: 2, d_embed: 16, batch: 16 });
      await run.reset();
      await run.train(5);
    });
    await expect(trial.figure.locator("[data-testid^=point-]")).toHaveCount(12);
    await expect(heading).toHaveText("A line of your own in the place of EP");
    await expect(trial.finding).toContainText("With its own line in head");
    await expect(trial.button("Restore the model’s own row")).toBeDisabled();
  });

  test("what was measured says of which step it is, once the model has changed", async ({ page }) => {
    const article = new Article(page);
    await article.open("?engine=cpu");
    const trial = new Trial(page, "alignment");
    await trial.measure();
    await article.run((run) => void run.train());
    await expect(trial.examined).toHaveText("The model is training: pause it further up to measure it.");
    await expect(trial.button("Measure again")).toBeDisabled();
    await article.button("Pause").click();
    await expect(trial.examined).toHaveText("These results are of the model at step 0, and it has changed since.");
  });
});
