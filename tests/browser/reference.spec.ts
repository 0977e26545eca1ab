// Rung 2 of the ladder in a browser: both engines, compiled to wasm, against the f64 autodiff reference.
import { readFileSync } from "node:fs";
import { Article } from "./article";
import { expect, test } from "./harness";

interface Tensor {
  dtype: string;
  shape: number[];
  data: Buffer;
}

interface ReferenceRun {
  losses: number[];
  gradients: { name: string; values: number[] }[];
}

interface Handle {
  client: {
    trainOn(checkpoint: Uint8Array, engine: string, strips: Uint32Array, captions: Uint32Array, steps: number): Promise<ReferenceRun>;
    decompose(scene: { strip: number[] }): Promise<{ heads: { terms: { term: string; row: number[] }[] }[] }>;
    open(bytes: Uint8Array): Promise<unknown>;
  };
}

const file = readFileSync(new URL("../fixtures/step_paper.safetensors", import.meta.url));
const headerLength = Number(file.readBigUInt64LE(0));
const { __metadata__: metadata, ...header } = JSON.parse(file.subarray(8, 8 + headerLength).toString()) as Record<
  string,
  { dtype: string; shape: number[]; data_offsets: [number, number] }
>;
const tensors = new Map<string, Tensor>();
for (const [name, { dtype, shape, data_offsets: at }] of Object.entries(header)) {
  tensors.set(name, { dtype, shape, data: file.subarray(8 + headerLength + at[0], 8 + headerLength + at[1]) });
}

function floats(name: string): number[] {
  const data = tensors.get(name)?.data ?? Buffer.alloc(0);
  return Array.from({ length: data.length / 4 }, (_, i) => data.readFloatLE(4 * i));
}

function integers(name: string): number[] {
  const data = tensors.get(name)?.data ?? Buffer.alloc(0);
  return Array.from({ length: data.length / 4 }, (_, i) => data.readInt32LE(4 * i));
}

/** The fixture's parameters as a checkpoint of ours. */
function checkpoint(): number[] {
  const names = [...tensors.keys()].filter((name) => name.startsWith("param."));
  const entries: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  const parts = names.map((name) => {
    const { dtype, shape, data } = tensors.get(name) ?? { dtype: "", shape: [], data: Buffer.alloc(0) };
    entries[name.slice("param.".length)] = { dtype, shape, data_offsets: [end, end + data.length] };
    end += data.length;
    return data;
  });
  const json = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return [...Buffer.concat([length, json, ...parts])];
}

const largest = (values: number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function run(article: Article, engine: string, strips: number[]): Promise<ReferenceRun> {
  const input = { bytes: checkpoint(), engine, strips, captions: integers("tokens") };
  return article.page.evaluate(({ bytes, engine, strips, captions }) => {
    const { client } = (window as unknown as { leftright: { run: Handle } }).leftright.run;
    return client.trainOn(new Uint8Array(bytes), engine, new Uint32Array(strips), new Uint32Array(captions), 10);
  }, input);
}

/** The worst gradient error, relative to each tensor's own largest; a key bias has none, and must be exactly zero. */
function worstGradient({ gradients }: ReferenceRun): number {
  return largest(
    gradients.map(({ name, values }) => {
      if (name.endsWith("key.bias")) return largest(values);
      const expected = floats(`grad.${name}`);
      return largest(values.map((value, i) => value - (expected[i] ?? Number.NaN))) / largest(expected);
    }),
  );
}

for (const engine of ["cpu", "gpu"]) {
  test(`the ${engine} engine gives the reference's losses and gradients`, async ({ page }, { project }) => {
    test.setTimeout(120_000);
    const article = new Article(page);
    await article.open();
    if (engine === "gpu" && project.name === "no-webgpu") {
      await expect(run(article, engine, integers("images"))).rejects.toThrow("the browser offers no WebGPU adapter");
      return;
    }
    const result = await run(article, engine, integers("images"));
    const expected = floats("losses");
    expect(result.losses).toHaveLength(10);
    expect(Math.abs((result.losses[0] ?? 0) / (expected[0] ?? 0) - 1)).toBeLessThan(1e-5);
    expect(largest(result.losses.map((loss, i) => loss / (expected[i] ?? 0) - 1))).toBeLessThan(1e-4);
    expect(result.gradients).toHaveLength(23);
    expect(worstGradient(result)).toBeLessThan(1e-4);

    // Negative control: the strips handed round by one.
    const strips = integers("images");
    const wrong = await run(article, engine, [...strips.slice(10), ...strips.slice(0, 10)]);
    expect(worstGradient(wrong)).toBeGreaterThan(1e-2);
  });
}

test("the nine terms of the CLS row are the reference's", async ({ page }) => {
  const article = new Article(page);
  await article.open();
  const images = integers("images");
  const strips = Array.from({ length: images.length / 10 }, (_, i) => images.slice(10 * i, 10 * i + 10));
  const decompositions = await page.evaluate(
    async ({ bytes, strips }) => {
      const { client } = (window as unknown as { leftright: { run: Handle } }).leftright.run;
      await client.open(new Uint8Array(bytes));
      return Promise.all(strips.map((strip) => client.decompose({ strip })));
    },
    { bytes: checkpoint(), strips },
  );
  decompositions.forEach(({ heads }, i) => {
    heads.forEach(({ terms }, head) => {
      expect(terms).toHaveLength(9);
      for (const { term, row } of terms) {
        const expected = floats(`cls_row.${term}`).slice((i * 4 + head) * 11, (i * 4 + head + 1) * 11);
        expect(largest(row.map((value, t) => value - (expected[t] ?? Number.NaN)))).toBeLessThan(1e-4);
      }
    });
  });
});
