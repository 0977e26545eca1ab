// Rung 2 of the ladder in a browser: both engines, compiled to wasm, against the f64 autodiff reference, for every fixture.
import { Article } from "./article";
import type { Ablation, Decomposition, ReferenceRun } from "../../www/src/engine/pkg/leftright";
import { Fixture } from "./fixture";
import { expect, test } from "./harness";

/** Out of a page a typed array takes a tenth of a list's time. */
interface Result {
  losses: number[];
  gradients: { name: string; values: Float64Array }[];
}

interface Handle {
  worker: {
    trainOn(checkpoint: Uint8Array, engine: string, strips: Uint32Array, captions: Uint32Array, steps: number): Promise<ReferenceRun>;
  };
  client: {
    decompose(scene: { strip: number[] }, ablations: Ablation[]): Promise<Decomposition>;
    open(bytes: Uint8Array, engine: string): Promise<unknown>;
  };
}

const largest = (values: Iterable<number>) => [...values].reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function run({ page }: Article, fixture: Fixture, engine: string, strips: number[], steps = 10): Promise<Result> {
  const input = { bytes: fixture.checkpoint(), engine, strips, captions: fixture.integers("tokens"), steps };
  return page.evaluate(async ({ bytes, engine, strips, captions, steps }) => {
    const { worker } = (window as unknown as { leftright: { run: Handle } }).leftright.run;
    const { losses, gradients } = await worker.trainOn(bytes, engine, new Uint32Array(strips), new Uint32Array(captions), steps);
    return { losses, gradients: gradients.map(({ name, values }) => ({ name, values: new Float64Array(values) })) };
  }, input);
}

/** The worst gradient error, relative to each tensor's own largest; a key bias has none, and must be exactly zero. */
function worstGradient(fixture: Fixture, { gradients }: Result): number {
  return largest(
    gradients.map(({ name, values }) => {
      if (name.endsWith("key.bias")) return largest(values);
      const expected = fixture.floats(`grad.${name}`);
      return largest(values.map((value, i) => value - (expected[i] ?? Number.NaN))) / largest(expected);
    }),
  );
}

/** Every shader, every kind of run. The others are the GPU engine's natively (tests/gpu): a browser's emulated GPU takes long. */
const ON_THE_GPU = ["step_paper", "step_mlp", "step_norm", "step_autoregressive_deep"];

for (const engine of ["cpu", "gpu"]) {
  for (const fixture of Fixture.steps().filter(({ name }) => engine === "cpu" || ON_THE_GPU.includes(name))) {
    test(`${fixture.name}: the ${engine} engine gives the reference's losses and gradients`, async ({ page }, { project }) => {
      test.skip((engine === "gpu") !== (project.name === "webgpu"), "the CPU engine is the same in both, the GPU engine needs WebGPU");
      const article = new Article(page);
      await article.open();
      const strips = fixture.integers("images");
      const result = await run(article, fixture, engine, strips);
      const expected = fixture.floats("losses");
      expect(result.losses).toHaveLength(10);
      expect(Math.abs((result.losses[0] ?? 0) / (expected[0] ?? 0) - 1)).toBeLessThan(1e-5);
      expect(largest(result.losses.map((loss, i) => loss / (expected[i] ?? 0) - 1))).toBeLessThan(1e-4);
      expect(result.gradients).toHaveLength(fixture.gradients);
      expect(worstGradient(fixture, result)).toBeLessThan(1e-4);

      // Negative control: the strips handed round by one. The gradients are those of the first step. An emulated GPU opens for seconds.
      if (engine === "gpu" && fixture.name !== "step_paper") return;
      const { pixels } = fixture;
      const wrong = await run(article, fixture, engine, [...strips.slice(pixels), ...strips.slice(0, pixels)], 1);
      expect(worstGradient(fixture, wrong)).toBeGreaterThan(1e-2);
    });
  }
}

const paper = new Fixture("step_paper");

test("the GPU engine is refused by name where there is none", async ({ page }, { project }) => {
  test.skip(project.name !== "no-webgpu", "needs a browser without WebGPU");
  const article = new Article(page);
  await article.open();
  await expect(run(article, paper, "gpu", paper.integers("images"))).rejects.toThrow("the browser offers no WebGPU adapter");
});

test("a token that cannot stand where it does is refused", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "of the CPU engine");
  const article = new Article(page);
  await article.open();
  const strips = paper.integers("images");
  for (const wrong of [21, 99, 2 ** 32 - 1]) {
    await expect(run(article, paper, "cpu", [wrong, ...strips.slice(1)])).rejects.toThrow("a token that the model has not");
  }
});

test("the nine terms of the CLS row are the reference's", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "of the CPU engine");
  const article = new Article(page);
  await article.open();
  const images = paper.integers("images");
  const strips = Array.from({ length: images.length / 10 }, (_, i) => images.slice(10 * i, 10 * i + 10));
  const decompositions = await page.evaluate(
    async ({ bytes, strips }) => {
      const { client } = (window as unknown as { leftright: { run: Handle } }).leftright.run;
      await client.open(bytes, "cpu");
      return Promise.all(strips.map((strip) => client.decompose({ strip }, [])));
    },
    { bytes: paper.checkpoint(), strips },
  );
  decompositions.forEach(({ heads }, i) => {
    heads.forEach(({ terms }, head) => {
      expect(terms).toHaveLength(9);
      for (const { term, row } of terms) {
        const expected = paper.floats(`cls_row.${term}`).slice((i * 4 + head) * 11, (i * 4 + head + 1) * 11);
        expect(largest(row.map((value, t) => value - (expected[t] ?? Number.NaN)))).toBeLessThan(1e-4);
      }
    });
  });
});

/** What the page's engine makes of every strip of a fixture under each list of ablations. */
async function decompose({ page }: Article, fixture: Fixture, lists: Ablation[][]): Promise<Decomposition[][]> {
  const { pixels } = fixture;
  const images = fixture.integers("images");
  const strips = Array.from({ length: images.length / pixels }, (_, i) => images.slice(pixels * i, pixels * (i + 1)));
  return page.evaluate(
    async ({ bytes, strips, lists }) => {
      const { client } = (window as unknown as { leftright: { run: Handle } }).leftright.run;
      await client.open(bytes, "cpu");
      return Promise.all(lists.map((list) => Promise.all(strips.map((strip) => client.decompose({ strip }, list)))));
    },
    { bytes: fixture.checkpoint(), strips, lists },
  );
}

/** The cosine of each strip with its own caption under the i-th of the lists that ablate vision terms. */
function cosines(fixture: Fixture, i: number): number[] {
  const of = (tower: string, list: number) => {
    const [, count, width] = fixture.shape(`${tower}.embedding`);
    const rows = fixture.floats(`${tower}.embedding`).slice(list * (count ?? 0) * (width ?? 0));
    return Array.from({ length: count ?? 0 }, (_, row) => rows.slice(row * (width ?? 0), (row + 1) * (width ?? 0)));
  };
  const captions = of("text", 0);
  return of("vision", i).map((image, row) => image.reduce((sum, x, k) => sum + x * (captions[row]?.[k] ?? Number.NaN), 0));
}

// One layer with a norm; with an MLP; and two layers of both, which are ablated in the second layer too.
for (const name of ["ablated_norm", "ablated_mlp", "ablated_two_norm_mlp"]) {
  test(`${name}: every ablation gives the reference's attention and cosines`, async ({ page }, { project }) => {
    test.skip(project.name === "webgpu", "of the CPU engine");
    const fixture = new Fixture(name);
    const article = new Article(page);
    await article.open();
    const lists = fixture.ablations("vision");
    const decompositions = await decompose(article, fixture, lists);
    const [, layers = 0, count = 0, heads = 0, length = 0] = fixture.shape("vision.attention");
    const attention = fixture.floats("vision.attention");
    decompositions.forEach((scenes, i) => {
      const first = attention.slice(i * layers * count * heads * length).slice(0, count * heads * length);
      const ours = scenes.flatMap((scene) => scene.heads.flatMap((head) => head.attention));
      expect(ours).toHaveLength(first.length);
      expect(largest(ours.map((weight, k) => weight - (first[k] ?? Number.NaN)))).toBeLessThan(1e-5);
      const expected = cosines(fixture, i);
      const off = (order: number[]) => largest(scenes.map((scene, k) => (scene.captions[0]?.similarity ?? Number.NaN) - (order[k] ?? Number.NaN)));
      expect(off(expected)).toBeLessThan(1e-5);
      // Negative control: the scenes handed round by one.
      expect(off([...expected.slice(1), ...expected.slice(0, 1)])).toBeGreaterThan(1e-3);
    });
    // Negative control: EP's ablation is not PE's.
    expect(largest(cosines(fixture, 2).map((cosine, k) => cosine - (cosines(fixture, 4)[k] ?? 0)))).toBeGreaterThan(1e-4);
    expect([lists[2]?.[0]?.terms, lists[4]?.[0]?.terms]).toEqual([["EP"], ["PE"]]);
  });
}
