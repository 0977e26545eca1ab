// The bench page: what a script among peers calls, and what a reader sees.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { times } from "./campaign";
import { Fixture } from "./fixture";
import { expect, test } from "./harness";

interface Candidate {
  leftrightBench: {
    ready: Promise<unknown>;
    engines: string[];
    lossesOnFixture(engine: string, safetensors: ArrayBuffer): Promise<number[]>;
    cycles(engine: string, count: number, config?: Record<string, number>, models?: number): Promise<{ heap: number[]; buffers: number }>;
    run(engine: string, steps: number, config?: Record<string, number>): Promise<number>;
  };
}

// Chromium's own words where a page asks for a GPU that is not there.
test.use({ allowedConsole: /No available adapters/ });

test("engines answer the peers' protocol: the fixture's losses, and a time", async ({ page }, { project }) => {
  await page.goto("bench.html");
  // The fixture of the peers; on an emulated GPU a smaller one, for it is reference.spec's there.
  const engines = project.name === "webgpu" ? [["cpu", "step_paper"], ["gpu", "step_norm"]] : [["cpu", "step_paper"]];
  for (const [engine = "", fixture = ""] of engines) {
    const file = new Uint8Array(readFileSync(new URL(`../fixtures/${fixture}.safetensors`, import.meta.url)));
    const { losses, ms } = await page.evaluate(
      async ({ engine, file }) => {
        const { leftrightBench } = window as unknown as Candidate;
        await leftrightBench.ready;
        const losses = await leftrightBench.lossesOnFixture(engine, file.buffer);
        return { losses: [...losses], ms: await leftrightBench.run(engine, 3, { batch: 16 }) };
      },
      { engine, file },
    );
    const expected = new Fixture(fixture).floats("losses");
    expect(losses).toHaveLength(10);
    losses.forEach((loss, i) => { expect(Math.abs(loss / (expected[i] ?? 0) - 1)).toBeLessThan(1e-4); });
    expect(ms).toBeGreaterThan(0);
  }
});

test("a reader measures both engines, or is told why one is not there", async ({ page }, { project }) => {
  await page.goto("bench.html");
  await page.getByRole("button", { name: "Measure" }).click();
  await expect(page.getByRole("status")).toHaveText("Measured.", { timeout: 120_000 });
  const cell = (engine: string) => page.locator(`tr[data-engine="${engine}"] td`).nth(1);
  await expect(cell("cpu")).toHaveText(/^\d+\.\d\d$/);
  await expect(cell("gpu")).toHaveText(project.name === "webgpu" ? /^\d+\.\d\d$/ : /WebGPU/);
});

/** Hears of every call of a WebGPU object's method: on what, with what, and what came of it. */
type Hear = (owner: string, method: string, act: (on: object, given: unknown[], gave: unknown) => void) => void;

/** Gives the page's own scripts `hear`. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const hear: Hear = (owner, method, act) => {
      const { prototype } = (globalThis as unknown as Record<string, { prototype: object }>)[owner] ?? {};
      if (!prototype) return;
      const original = Reflect.get(prototype, method) as (...given: unknown[]) => unknown;
      Reflect.set(prototype, method, function (this: object, ...given: unknown[]) {
        const gave = original.apply(this, given);
        act(this, given, gave);
        return gave;
      });
    };
    Object.assign(globalThis, { hear });
  });
}

interface Counts {
  dispatches: number;
  submits: number;
  uploaded: number;
}

test("training on the GPU uploads nothing, and many steps share a submit", async ({ page }, { project }) => {
  test.skip(project.name !== "webgpu", "needs WebGPU");
  // The queue itself is counted, not what our code says of it.
  await listen(page);
  await page.addInitScript(() => {
    const { hear } = globalThis as unknown as { hear: Hear };
    const counts = { dispatches: 0, submits: 0, uploaded: 0 };
    Object.assign(window, { counts });
    hear("GPUQueue", "submit", () => { counts.submits += 1; });
    hear("GPUQueue", "writeBuffer", (_, [, , data, , size]) => { counts.uploaded += (size as number | undefined) ?? (data as ArrayBufferView).byteLength; });
    hear("GPUComputePassEncoder", "dispatchWorkgroups", () => { counts.dispatches += 1; });
    hear("GPUDevice", "createBuffer", (_, [given]) => {
      const { mappedAtCreation, size } = given as { mappedAtCreation?: boolean; size: number };
      if (mappedAtCreation) counts.uploaded += size;
    });
  });
  await page.goto("bench.html");
  const during = (config: Record<string, number>, steps: number) =>
    page.evaluate(
      async ({ config, steps }) => {
        const { leftrightBench, counts } = window as unknown as Candidate & { counts: Counts };
        // The first run opens the engine, and ends behind the warm-up: the rates of its steps are the only upload there is.
        await leftrightBench.run("gpu", 32, config);
        Object.assign(counts, { dispatches: 0, submits: 0, uploaded: 0 });
        await leftrightBench.run("gpu", steps, config);
        return { ...counts };
      },
      { config, steps },
    );
  const steps = 64;
  const { uploaded, dispatches, submits } = await during({ d_model: 16, heads: 2, d_embed: 16, batch: 16 }, steps);
  expect(uploaded).toBe(0);
  expect(dispatches).toBe(26 * steps);
  expect(submits).toBeLessThanOrEqual(steps / 16);
});

test("two hundred models, one after the other, need the memory of the first", async ({ page }, { project }) => {
  test.skip(project.name === "webgpu", "the CPU engine is tested without WebGPU");
  await page.goto("bench.html");
  const { heap } = await page.evaluate(() => (window as unknown as Candidate).leftrightBench.cycles("cpu", 200));
  console.log(`wasm memory: ${((heap.at(-1) ?? 0) / 2 ** 20).toFixed(1)} MiB`);
  expect(heap.at(-1)).toBe(heap[4]);
  expect(heap.at(-1)).toBeLessThan(16 * 2 ** 20);
});

interface Buffers {
  live: number;
  peak: number;
}

const CYCLES = times(3, 200); // an emulated GPU takes seconds for each
const LARGE = times(0, 1); // and many for a model of the usual size

test("the GPU's buffers are those the layout says, for one model and for eight, and a freed engine leaves none", async ({ page }, { project }) => {
  test.skip(project.name !== "webgpu", "needs WebGPU");
  test.setTimeout(120_000 + CYCLES * 15_000);
  // The device itself is watched: what it made, less what was destroyed.
  await listen(page);
  await page.addInitScript(() => {
    const { hear } = globalThis as unknown as { hear: Hear };
    const buffers = { live: 0, peak: 0 };
    Object.assign(window, { buffers });
    const made = new Map<object, Map<object, number>>();
    hear("GPUDevice", "createBuffer", (device, [given], buffer) => {
      const { size } = given as { size: number };
      made.set(device, (made.get(device) ?? new Map<object, number>()).set(buffer as object, size));
      buffers.live += size;
      buffers.peak = Math.max(buffers.peak, buffers.live);
    });
    hear("GPUBuffer", "destroy", (buffer) => {
      for (const those of made.values()) {
        buffers.live -= those.get(buffer) ?? 0;
        those.delete(buffer);
      }
    });
    hear("GPUDevice", "destroy", (device) => {
      for (const size of made.get(device)?.values() ?? []) buffers.live -= size;
      made.delete(device);
    });
  });
  await page.goto("bench.html");
  const small = { d_model: 16, heads: 2, d_embed: 16, batch: 16 };
  for (const [config, models, cycles] of [[{ batch: 32 }, 1, LARGE], [{ ...small, batch: 32 }, 8, 1], [small, 1, CYCLES]] as const) {
    if (cycles === 0) continue;
    const { buffers, live, peak } = await page.evaluate(
      async ({ config, models, cycles }) => {
        const { leftrightBench, buffers } = window as unknown as Candidate & { buffers: Buffers };
        buffers.peak = 0;
        const cycled = await leftrightBench.cycles("gpu", cycles, config, models);
        return { ...cycled, ...buffers };
      },
      { config, models, cycles },
    );
    console.log(`GPU buffers of ${String(models)} models: ${(buffers / 2 ** 20).toFixed(1)} MiB, at the peak ${(peak / 2 ** 20).toFixed(1)}`);
    expect(live).toBe(0);
    // Beyond the engine's own: what is read back, at most three copies of the parameters, as one is compared with the CPU engine.
    expect(peak).toBeGreaterThanOrEqual(buffers);
    expect(peak).toBeLessThan(1.7 * buffers);
  }
});
