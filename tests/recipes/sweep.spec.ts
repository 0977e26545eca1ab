// The documentation's recipe for a sweep over several machines, on one: two shards, and DuckDB over what they wrote.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "@playwright/test";

/** `cargo xtask test` names the command line it has built. */
const LEFTRIGHT = process.env.LEFTRIGHT ?? fileURLToPath(new URL("../../target/release/leftright", import.meta.url));

const SPEC = `steps = 60
[set]
d_model = 32
batch = 64
[grid]
pair_labels = [5, 15]
seed = [0, 1, 2]
`;

/** The documentation's query, which this test runs as it stands there. */
function documentedQuery(): string {
  const page = readFileSync(new URL("../../docs/sweeps.md", import.meta.url), "utf8");
  const query = /^duckdb -c "(.+)"$/m.exec(page)?.[1]?.replaceAll('\\"', '"');
  if (query === undefined) throw new Error("docs/sweeps.md shows no DuckDB query");
  return query;
}

test("two shards and DuckDB over their union", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leftright-recipe-"));
  try {
    writeFileSync(join(folder, "sweep.toml"), SPEC);
    const shard = (which: string) =>
      execFileSync(LEFTRIGHT, ["sweep", join(folder, "sweep.toml"), "--out", join(folder, "rows"), "--shard", which, "--json"], { encoding: "utf8" });
    const trained = ["1/2", "2/2"].map((which) => (JSON.parse(shard(which)) as { trained: number }).trained);
    expect(trained).toEqual([3, 3]);

    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const ask = async (query: string) => (await connection.runAndReadAll(query)).getRowObjectsJson();
    const rows = await ask(documentedQuery().replaceAll("rows/*.parquet", join(folder, "rows/*.parquet")));
    expect(rows.map((row) => [row.pair_labels, Number(row.models)])).toEqual([[5, 3], [15, 3]]);
    for (const { retrieval } of rows) {
      expect(Number(retrieval)).toBeGreaterThanOrEqual(0);
      expect(Number(retrieval)).toBeLessThanOrEqual(1);
    }
    // No model is there twice, and a shard alone has not all of them.
    const [count] = await ask(`SELECT count(*) AS rows, count(DISTINCT model) AS models FROM '${folder}/rows/*.parquet'`);
    expect([count?.rows, count?.models].map(Number)).toEqual([6, 6]);
    connection.closeSync();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
