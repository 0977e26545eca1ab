// The bench page: what a script among peers calls, and what a reader sees.
import { readFileSync } from "node:fs";
import { Fixture } from "./fixture";
import { expect, test } from "./harness";

interface Candidate {
  leftrightBench: {
    ready: Promise<unknown>;
    engines: string[];
    lossesOnFixture(engine: string, safetensors: ArrayBuffer): Promise<number[]>;
    run(engine: string, steps: number): Promise<number>;
  };
}

// Chromium's own words where a page asks for a GPU that is not there.
test.use({ allowedConsole: /No available adapters/ });

test("engines answer the peers' protocol: the fixture's losses, and a time", async ({ page }, { project }) => {
  await page.goto("bench.html");
  const file = [...readFileSync(new URL("../fixtures/step_paper.safetensors", import.meta.url))];
  const engines = project.name === "webgpu" ? ["cpu", "gpu"] : ["cpu"];
  for (const engine of engines) {
    const { losses, ms } = await page.evaluate(
      async ({ engine, file }) => {
        const { leftrightBench } = window as unknown as Candidate;
        await leftrightBench.ready;
        const losses = await leftrightBench.lossesOnFixture(engine, new Uint8Array(file).buffer);
        return { losses: [...losses], ms: await leftrightBench.run(engine, 3) };
      },
      { engine, file },
    );
    const expected = new Fixture("step_paper").floats("losses");
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
