// The search over starts (measurements/search): its queries over its rows say what its README says.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "@playwright/test";

const FOLDER = fileURLToPath(new URL("../../measurements/search/", import.meta.url));

/** The rows of each query of some files that answers with rows, over the rows of a search's stages. */
async function ask(stages: string[], files: string[]): Promise<Record<string, unknown>[][]> {
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    const rows = stages.map((stage) => `'${FOLDER}${stage}.parquet'`).join();
    await connection.run(`SET VARIABLE rows = [${rows}]`);
    const answers: Record<string, unknown>[][] = [];
    for (const file of files) {
      const queries = readFileSync(`${FOLDER}${file}`, "utf8").replace(/^--.*$/gm, "").split(";");
      for (const query of queries.map((query) => query.trim().replaceAll(/'(\w[\w-]*\.parquet)'/g, `'${FOLDER}$1'`)).filter(Boolean)) {
        const answer = await connection.runAndReadAll(query);
        if (query.startsWith("SELECT")) answers.push(answer.getRowObjectsJson());
      }
    }
    return answers;
  } finally {
    connection.closeSync();
  }
}

test("the nearest start has six of the paper's eight figures, preset paper four", async () => {
  const [nearest] = await ask(["confirm", "confirm-steady"], ["distance.sql"]);
  const best = (reading: string) => nearest?.find((row) => row.reading === reading);
  const start = { linear_std: 1, bias_std: 1.5, cls_std: 3, position_std: 0.03, seeds: "16" };
  expect(best("order")).toMatchObject({ ...start, figures: "6", distance: 0.088, step: 500 });
  expect(best("retrieval")).toMatchObject({ ...start, figures: "5", distance: 0.099, step: 2500 });
});

test("what trades against what is what the README of the search and the article say", async () => {
  const [, together, byBias] = await ask(["scales", "optimiser", "biases"], ["distance.sql", "map.sql"]);
  const order = together?.find((row) => row.reading === "order");
  expect([order?.candidates, order?.EP_and_share, order?.EP_and_BP, order?.BP_and_share].map(Number)).toEqual([1842, 34, 4, 0]);
  const readme = readFileSync(`${FOLDER}README.md`, "utf8");
  const article = readFileSync(`${FOLDER}../../www/index.html`, "utf8");
  const cell = (x: string) => `<td><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="${parseInt(x)}" height="6"></rect></svg>${x}</td>`;
  const rows = byBias?.filter((row) => row.reading === "order") ?? [];
  expect(rows).toHaveLength(5);
  for (const row of rows) {
    const percent = (x: unknown) => `${Math.round(Number(x) * 100)} %`;
    expect(readme).toContain(`| ${Number(row.bias_std)} | ${percent(row.EP)} | ${percent(row.PE_PP)} | ${percent(row.BP)} | ${percent(row.share)} | ${Number(row.median_share).toFixed(2)} |`);
    expect(article).toContain(`<tr><th scope="row">${Number(row.bias_std)}</th>${[row.EP, row.share, row.BP].map(percent).map(cell).join("")}</tr>`);
  }
});

test("without EP order is lost and names are kept in more models of preset paper than from the nearest start", async () => {
  const [clean] = await ask(["confirm"], ["clean.sql"]);
  const of = (cls: number, tokens: number, position: number, step: number) =>
    clean?.find((row) => row.cls_std === cls && row.token_std === tokens && row.position_std === position && row.step === step);
  expect([of(1, 0.1, 0.02, 1000), of(3, 0.03, 0.03, 1000), of(3, 0.03, 0.03, 2500)].map((row) => Number(row?.clean))).toEqual([15, 8, 9]);
});
