// What the page keeps of a run, outside the page: its JSON trains the same model on the command line, and its safetensors
// is the same model to the command line, to whoever parses the file, and to the reference where Python has JAX.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test as base, type Page } from "@playwright/test";
import { Article } from "../browser/article";
import { Fixture } from "../../www/src/bench/fixture";

/** `cargo xtask test` names the command line it has built, and the browser it found. */
const LEFTRIGHT = process.env.LEFTRIGHT ?? fileURLToPath(new URL("../../target/release/leftright", import.meta.url));
const REFERENCE = fileURLToPath(new URL("kept_accuracies.py", import.meta.url));

type Accuracy = Record<"retrieval" | "order" | "recognition", number | null>;
type Accuracies = Record<"single" | "seen" | "unseen", Accuracy>;
interface Recipe {
  leftright: string;
  config: Record<string, unknown>;
  steps: number;
  engine: string;
  accuracies: Accuracies;
}
interface Training {
  target: number;
  train(): Promise<void>;
  ablate(ablations: unknown[]): Promise<{ after: Accuracies }>;
}

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "leftright-keep-"));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});
test.use({ launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] } });

function leftright(...args: string[]): unknown {
  return JSON.parse(execFileSync(LEFTRIGHT, [...args, "--json"], { encoding: "utf8" }));
}

/** Trains the page's run to a step. */
async function train(page: Page, query: string, steps: number): Promise<Article> {
  const article = new Article(page);
  await article.open(query);
  await article.run(async (run) => {
    const training = run as unknown as Training;
    training.target = Number(new URLSearchParams(location.search).get("steps"));
    await training.train();
  });
  await expect(article.state).toHaveAttribute("data-step", String(steps));
  return article;
}

async function keep(page: Page, label: string, path: string): Promise<void> {
  const menu = (await new Article(page).figure("lr-train")).getByTestId("keep");
  if ((await menu.getAttribute("open")) === null) await menu.getByText("Keep", { exact: true }).click();
  const download = page.waitForEvent("download");
  await menu.getByRole("button", { name: label, exact: true }).click();
  await (await download).saveAs(path);
}

/** The largest difference between two sets of accuracies. */
function apart(a: Accuracies, b: Accuracies): number {
  const splits = Object.keys(a) as (keyof Accuracies)[];
  return Math.max(...splits.flatMap((split) => (Object.keys(a[split]) as (keyof Accuracy)[]).map((name) => Math.abs((a[split][name] ?? 0) - (b[split][name] ?? 0)))));
}

function accuraciesOf({ single, seen, unseen }: Accuracies): Accuracies {
  const of = ({ retrieval, order, recognition }: Accuracy) => ({ retrieval, order, recognition });
  return { single: of(single), seen: of(seen), unseen: of(unseen) };
}

// Native code and WebAssembly round differently (fused multiply-add), and training amplifies that.
for (const [steps, tolerance] of [[100, 0.001], [200, 0.01]] as const) {
  test(`a run of ${steps} steps, kept as JSON, trains on the command line to the same accuracies within ${tolerance}`, async ({ page, folder }) => {
    await train(page, `?engine=cpu&start=untrained&seed=3&d_model=64&pair_labels=12&steps=${steps}`, steps);
    const file = join(folder, "run.json");
    await keep(page, "Run (JSON)", file);
    const recipe = JSON.parse(readFileSync(file, "utf8")) as Recipe;
    expect([recipe.steps, recipe.engine, recipe.config.seed, recipe.config.d_model, recipe.config.pair_labels]).toEqual([steps, "cpu", 3, 64, 12]);
    const again = leftright("train", "--config", file, "--engine", "cpu", "--out", join(folder, "again.safetensors")) as Accuracies & { steps: number };
    expect(again.steps).toBe(steps);
    const difference = apart(accuraciesOf(again), accuraciesOf(recipe.accuracies));
    console.log(`${steps} steps: the largest difference of an accuracy is ${difference}`);
    expect(difference).toBeLessThanOrEqual(tolerance);
    // Negative control: another seed's model is not the same.
    const other = leftright("train", "--config", file, "--seed", "4", "--engine", "cpu", "--out", join(folder, "other.safetensors")) as Accuracies;
    expect(apart(accuraciesOf(other), accuraciesOf(recipe.accuracies))).toBeGreaterThan(2 * tolerance);
  });
}

test("a model, kept as safetensors, has the page's own accuracies elsewhere", async ({ page, folder }) => {
  const article = await train(page, "?engine=cpu&start=untrained&steps=300", 300);
  const file = join(folder, "model.safetensors");
  await keep(page, "Model (safetensors)", file);
  const here = await article.run(async (run) => {
    const after = async (terms: string[]) => (await (run as unknown as Training).ablate([{ tower: "vision", terms, strength: 0 }])).after;
    return { nothing: (await after([])).unseen, EP: (await after(["EP"])).unseen };
  });
  // The file is what it says, to whoever reads the format.
  const bytes = readFileSync(file);
  const model = new Fixture(new Uint8Array(bytes).buffer);
  expect(model.shape("vision.token_embedding.weight")).toEqual([22, 128]);
  expect(model.floats("vision.position_embedding.weight").every(Number.isFinite)).toBe(true);
  // A scene or two of 900 may be a near tie that rounding decides.
  const scenes = 2 / 900;
  const evaluated = leftright("evaluate", file) as Accuracies;
  const ablated = leftright("ablate", file, "--terms", "EP") as Accuracies;
  const names = ["retrieval", "order", "recognition"] as const;
  for (const name of names) {
    expect(Math.abs((evaluated.unseen[name] ?? NaN) - (here.nothing[name] ?? NaN))).toBeLessThanOrEqual(scenes);
    expect(Math.abs((ablated.unseen[name] ?? NaN) - (here.EP[name] ?? NaN))).toBeLessThanOrEqual(scenes);
  }
  if (spawnSync("python3", ["-c", "import jax, safetensors"]).status !== 0) {
    console.log("The reference was not asked: python3 here has no jax or no safetensors.");
    return;
  }
  const reference = JSON.parse(execFileSync("python3", [REFERENCE, file], { encoding: "utf8" })) as Record<"nothing" | "EP", Accuracy>;
  console.log("page:", JSON.stringify(here), "reference:", JSON.stringify(reference));
  for (const cut of ["nothing", "EP"] as const) {
    for (const name of names) expect(Math.abs((reference[cut][name] ?? NaN) - (here[cut][name] ?? NaN))).toBeLessThanOrEqual(scenes);
  }
});
