// Times of both engines: for a reader, and as `window.leftrightBench` for a script that measures them among others.
import { loadTrainer } from "../engine/modules";
import type { Bench, Config, EngineKind } from "../engine/pkg/leftright.js";
import { engineError, sentence } from "../engine/errors";
import { sharedPool } from "../engine/pool";
import { Fixture } from "./fixture";

const BATCH = 128;
const BLOCKS = 7;
/** Aimed length of a block. */
const BLOCK_MS = 400;
const ENGINES: EngineKind[] = ["cpu", "gpu"];

const opened = new Map<string, Promise<Bench>>();

function open(engine: EngineKind, config: Partial<Config>): Promise<Bench> {
  const key = JSON.stringify([engine, config]);
  const bench = opened.get(key) ?? loadTrainer().then(({ Bench }) => Bench.open([config], engine));
  opened.set(key, bench);
  return bench;
}

const leftrightBench = {
  ready: loadTrainer(),
  engines: ENGINES,
  /** Ten AdamW steps on a fixture's own parameters and batch. */
  async lossesOnFixture(engine: EngineKind, safetensors: ArrayBuffer): Promise<number[]> {
    const { trainOn } = await this.ready;
    const fixture = new Fixture(safetensors);
    const { losses } = await trainOn(fixture.checkpoint(), engine, fixture.integers("images"), fixture.integers("tokens"), 10);
    return losses;
  },
  /** Milliseconds per step over fresh batches, of 128 captions if nothing else is said, all work finished. */
  async run(engine: EngineKind, steps: number, config: Partial<Config> = { batch: BATCH }): Promise<number> {
    const bench = await open(engine, config);
    const start = performance.now();
    await bench.train(steps);
    return (performance.now() - start) / steps;
  },
  /** Seconds in which the page's pool of workers trains a model of each config. */
  async population(configs: Partial<Config>[], steps: number): Promise<number> {
    const { checkConfig } = await this.ready;
    const jobs = configs.map((config, number) => ({ number, job: { config: checkConfig(config), steps, every: 0, plateau: false, measures: [] } }));
    const start = performance.now();
    await new Promise<void>((resolve, reject) => {
      const population = jobs.map((job) => [job]);
      sharedPool().train(population, "cpu", { progress: () => undefined, failed: (_, error) => { reject(error); }, ended: resolve });
    });
    return (performance.now() - start) / 1000;
  },
  /**
   * Opens the engine of a population, trains two steps and frees it, over and over; gives the module's bytes of memory after
   * each, and those of the GPU's buffers that the engine says it holds.
   */
  async cycles(engine: EngineKind, count: number, config: Partial<Config> = { batch: BATCH }, models = 1): Promise<{ heap: number[]; buffers: number }> {
    const { Bench, memory } = await this.ready;
    const heap: number[] = [];
    let buffers = 0;
    for (let cycle = 0; cycle < count; cycle++) {
      const bench = await Bench.open(Array.from({ length: models }, (_, seed) => ({ ...config, seed })), engine);
      await bench.train(2);
      buffers = bench.bufferBytes();
      bench.free();
      heap.push(memory.buffer.byteLength);
    }
    return { heap, buffers };
  },
};

Object.assign(window, { leftrightBench });

function middle(times: number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

const button = document.querySelector<HTMLButtonElement>("#measure");
const state = document.querySelector("#state");
const table = document.querySelector("#times");

function tell(text: string): void {
  if (state) state.textContent = text;
}

async function measure(): Promise<void> {
  const times = new Map<EngineKind, number[]>();
  const rows = new Map<EngineKind, string[]>();
  for (const engine of ENGINES) {
    try {
      tell(`Opening the ${engine.toUpperCase()} engine…`);
      await leftrightBench.run(engine, 4);
      times.set(engine, []);
    } catch (thrown) {
      rows.set(engine, [sentence(engineError(thrown)), ""]);
    }
  }
  for (let block = 1; block <= BLOCKS; block++) {
    for (const [engine, blocks] of times) {
      tell(`Block ${block} of ${BLOCKS}, ${engine.toUpperCase()} engine…`);
      const pace = blocks.at(-1) ?? (await leftrightBench.run(engine, 4));
      blocks.push(await leftrightBench.run(engine, Math.max(2, Math.round(BLOCK_MS / pace))));
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  for (const [engine, blocks] of times) rows.set(engine, [middle(blocks).toFixed(2), Math.min(...blocks).toFixed(2)]);
  table?.replaceChildren(
    ...ENGINES.map((engine) => {
      const row = document.createElement("tr");
      row.dataset.engine = engine;
      for (const text of [engine.toUpperCase(), ...(rows.get(engine) ?? [])]) row.insertCell().textContent = text;
      return row;
    }),
  );
  tell("Measured.");
}

async function ready(): Promise<void> {
  await leftrightBench.ready;
  tell("Nothing measured yet.");
  if (!button) return;
  button.disabled = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    void measure()
      .catch((thrown: unknown) => { tell(sentence(engineError(thrown))); })
      .finally(() => { button.disabled = false; });
  });
}

void ready();
