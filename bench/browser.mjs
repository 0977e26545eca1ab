// `cargo xtask bench` in a browser: the engines in WebAssembly and WebGPU against what this machine can do, as one JSON
// object. node bench/browser.mjs ENGINE.json PACKAGE SITE [PEERS]: the native bench's answer, for its list of matrix products;
// the crate built with feature "bench"; the built site; the folder of the peers, for native JAX.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { chromium } from "@playwright/test";

const [, , engineJson, packageFolder, siteFolder, peersFolder] = process.argv;
const native = JSON.parse(readFileSync(engineJson, "utf8"));
const peak = join(tmpdir(), `leftright-peak-${process.pid}.wasm`);
execFileSync("node", ["node_modules/binaryen/bin/wasm-as", "--enable-simd", "--enable-relaxed-simd", "bench/peak.wat", "-o", peak]);

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css" };

/** The site under /site/, the bench's own package under /package/, an empty page, and the peak. */
function serve() {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    const [, root, ...rest] = path.split("/");
    const folder = { site: siteFolder, package: packageFolder }[root];
    try {
      const body = root === "" ? "<!doctype html><title>bench</title>" : readFileSync(root === "peak.wasm" ? peak : join(folder, ...rest));
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/html" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => { done({ origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }); }));
}

/** In the page: everything on the main thread, in interleaved rounds. */
async function measure({ stages, batches, widths }) {
  const ROUNDS = 7;
  const BLOCK_MS = 60;
  const plain = await import("/package/leftright.js");
  await plain.default({ module_or_path: "/package/leftright_bg.wasm" });
  const { default: init, Bench, matmul } = await import("/package/relaxed.js");
  const { memory } = await init({ module_or_path: "/package/relaxed_bg.wasm" });
  const { peak } = (await WebAssembly.instantiateStreaming(fetch("/peak.wasm"))).instance.exports;
  const time = async (work, calls) => {
    const start = performance.now();
    await work(calls);
    return (performance.now() - start) / calls;
  };
  const medians = async (works) => {
    const calls = [];
    for (const work of works) {
      // Doubled until a block is long enough for a page's coarse clock.
      let count = 1;
      let ms = await time(work, 1);
      while (ms * count < BLOCK_MS / 2) {
        count *= 2;
        ms = await time(work, count);
      }
      calls.push(Math.max(1, Math.round(BLOCK_MS / ms)));
    }
    const times = works.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < works.length; i++) times[i].push(await time(works[i], calls[i]));
    }
    return times.map((each) => each.sort((a, b) => a - b)[ROUNDS >> 1]);
  };
  const open = async (configs, engine) => {
    const bench = await Bench.open(configs, engine);
    return (steps) => bench.train(steps);
  };
  const one = await open([{}], "cpu");
  const onePlain = await plain.Bench.open([{}], "cpu");
  const [loop, step, plainStep, ...products] = await medians([
    (calls) => peak(1e6 * calls),
    one,
    (steps) => onePlain.train(steps),
    ...stages.map(({ m, n, k, count }) => (calls) => matmul(m, n, k, calls * count)),
  ]);
  const heap = memory.buffer.byteLength;
  const gflops = (12 * 4 * 2) / loop;
  const curve = async (name, values, configs, engine = "cpu") => {
    const works = [];
    for (const value of values) works.push(await open(configs(value), engine));
    return { name, points: (await medians(works)).map((ms, i) => [values[i], ms]) };
  };
  const gpu = await open([{}], "gpu").then(async (work) => (await medians([work, one]))[0], (error) => String(error.message ?? error));
  return {
    peak_gflops: gflops,
    step_ms: step,
    plain_step_ms: plainStep,
    heap_bytes: heap,
    gpu_step_ms: gpu,
    matmul_ms: products.reduce((sum, ms) => sum + ms, 0),
    stages: stages.map(({ name, flops }, i) => ({ name, ms: products[i], gflops: flops / products[i] / 1e6, share_of_peak: flops / products[i] / 1e6 / gflops })),
    scaling: [
      await curve("batch", batches, (batch) => [{ batch, pair_labels: 35, labels: 40 }]),
      await curve("d_model", widths, (d_model) => [{ d_model, d_embed: d_model }]),
    ],
    gpu_population: typeof gpu === "number" ? await curve("population", [1, 4, 16, 64], (size) => Array.from({ length: size }, (_, seed) => ({ seed })), "gpu") : null,
  };
}

/** From asking for the article, with nothing cached, to its first figure showing the shipped model's numbers, in seconds, five times. */
async function toTheFirstFigure(browser, origin) {
  const times = [];
  for (let run = 0; run < 5; run++) {
    const context = await browser.newContext({ serviceWorkers: "block" });
    const page = await context.newPage();
    await page.addInitScript(() => {
      const look = () => {
        const state = document.querySelector("lr-train")?.shadowRoot?.querySelector("[data-testid=state]");
        if (state?.dataset.phase === "ready") globalThis.aliveAt = performance.now();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(`${origin}/site/index.html`);
    const alive = await page.waitForFunction(() => globalThis.aliveAt);
    times.push((await alive.jsonValue()) / 1000);
    await context.close();
  }
  return times.sort((a, b) => a - b);
}

/** From a press of Train on a page just opened to 0.9 unseen retrieval, in seconds, five times. */
async function fromPressToSkill(browser, origin) {
  const times = [];
  for (let run = 0; run < 5; run++) {
    const page = await browser.newPage();
    await page.goto(`${origin}/site/index.html?engine=cpu&start=untrained`);
    const train = page.locator("lr-train");
    const retrieval = train.locator("tr", { hasText: "unseen" }).locator("td").first();
    await train.getByRole("button", { name: "Train" }).click({ timeout: 60_000 });
    const start = Date.now();
    while (Number(await retrieval.textContent()) < 0.9) await page.waitForTimeout(10);
    times.push((Date.now() - start) / 1000);
    await page.close();
  }
  return times.sort((a, b) => a - b);
}

/** Seconds for N_pair 5 to 15 with five seeds each, 1000 steps, in the page's pool of workers, and for one of them alone. */
async function population(browser, origin) {
  const page = await browser.newPage();
  await page.goto(`${origin}/site/bench.html`);
  const seconds = await page.evaluate(async () => {
    const configs = Array.from({ length: 55 }, (_, i) => ({ pair_labels: 5 + (i % 11), seed: Math.floor(i / 11) }));
    const one = await leftrightBench.population([configs[10]], 1000);
    return { one, all: await leftrightBench.population(configs, 1000), workers: Math.min(navigator.hardwareConcurrency, 4) };
  });
  await page.close();
  return seconds;
}

/** Our engine in WebAssembly and the peers' native JAX in turns: milliseconds of a step in each round; or why JAX did not run. */
async function besideNativeJax(browser, origin, folder) {
  const page = await browser.newPage();
  await page.goto(`${origin}/`);
  await page.evaluate(async () => {
    const { default: init, Bench } = await import("/package/relaxed.js");
    await init({ module_or_path: "/package/relaxed_bg.wasm" });
    globalThis.engine = await Bench.open([{}], "cpu");
  });
  const rounds = [];
  let jax;
  for (let round = 0; round < 5; round++) {
    try {
      jax = JSON.parse(execFileSync("python3", ["native_jax.py", "--rounds", "1"], { cwd: folder, encoding: "utf8" }).trim().split("\n").at(-1));
    } catch (error) {
      return { error: error.message };
    }
    const ours = await page.evaluate(async (steps) => {
      await engine.train(steps);
      const start = performance.now();
      await engine.train(steps);
      return (performance.now() - start) / steps;
    }, 240);
    rounds.push([ours, jax.ms_per_step_median]);
  }
  await page.close();
  const middle = (which) => rounds.map((round) => round[which]).sort((a, b) => a - b)[2];
  return { version: jax.version, threads: jax.threads, step_ms: middle(0), jax_ms: middle(1), rounds };
}

const server = await serve();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
});
try {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/`);
  const points = (name) => native.scaling.find((curve) => curve.name === name).points.map(([x]) => x);
  const result = await page.evaluate(measure, { stages: native.roofline.stages, batches: points("batch"), widths: points("d_model") });
  await page.close();
  const figure = await toTheFirstFigure(browser, server.origin);
  const seconds = await fromPressToSkill(browser, server.origin);
  const models = await population(browser, server.origin);
  const jax = peersFolder === undefined ? undefined : await besideNativeJax(browser, server.origin, peersFolder);
  console.log(JSON.stringify({ browser: browser.version(), ...result, seconds_to_first_figure: figure, seconds_to_skill: seconds, population: models, beside_native_jax: jax }));
} finally {
  await browser.close();
  server.close();
}
