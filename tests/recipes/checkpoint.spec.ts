// The documentation's reader of checkpoints, in NumPy, computes what the command line does; with a wrong token it does not.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** `cargo xtask test` names the command line it has built. */
const LEFTRIGHT = process.env.LEFTRIGHT ?? root("target/release/leftright");
const READER = root("docs/checkpoint.py");
const SHIPPED = root("www/src/run/paper.safetensors");
const STRIP = "0 0 16 0 0 0 0 17 0 0";

interface Answer {
  similarities: number[];
  logits: number[][];
}

/** A Python with NumPy, which is installed into one of our own where the system's has none. */
function python(): string {
  if (spawnSync("python3", ["-c", "import numpy"]).status === 0) return "python3";
  const own = root("target/numpy/bin/python");
  if (spawnSync(own, ["-c", "import numpy"]).status !== 0) {
    execFileSync("python3", ["-m", "venv", root("target/numpy")]);
    execFileSync(own, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "numpy"]);
  }
  return own;
}

function read(reader: string, model: string): Answer {
  return JSON.parse(execFileSync(python(), [reader, model, ...STRIP.split(" ")], { encoding: "utf8" })) as Answer;
}

function leftright(model: string): Answer {
  const answer = execFileSync(LEFTRIGHT, ["decompose", model, "--strip", STRIP, "--json"], { encoding: "utf8" });
  const { captions, heads } = JSON.parse(answer) as { captions: { similarity: number }[]; heads: { logits: number[] }[] };
  return { similarities: captions.map(({ similarity }) => similarity), logits: heads.map(({ logits }) => logits) };
}

/** The largest difference between two answers, of logits and similarities. */
function apart(a: Answer, b: Answer): number {
  const all = ({ similarities, logits }: Answer) => [...similarities, ...logits.flat()];
  const [ours, theirs] = [all(a), all(b)];
  expect(ours.length).toBe(theirs.length);
  return Math.max(...ours.map((value, place) => Math.abs(value - (theirs[place] ?? NaN))));
}

test("NumPy and thirty lines compute a checkpoint's logits and similarities, in half and in single precision", () => {
  const folder = mkdtempSync(join(tmpdir(), "leftright-checkpoint-"));
  try {
    // Also a model of two layers, with AdamW's moments in its file.
    const deep = join(folder, "deep.safetensors");
    execFileSync(LEFTRIGHT, ["train", "--preset", "left-right", "--set", "d_model=32", "--steps", "20", "--engine", "cpu", "--out", deep, "--json"]);
    for (const model of [SHIPPED, root("tests/fixtures/trained.safetensors"), deep]) expect(apart(read(READER, model), leftright(model))).toBeLessThan(1e-5);
    // The controls: another CLS, and a caption with another word.
    const source = readFileSync(READER, "utf8");
    for (const [right, wrong] of [["= 21, 0, 21,", "= 20, 0, 21,"], ["24, 25, 29", "26, 25, 29"], ["25, 29", "25, 30"]] as const) {
      expect(source).toContain(right);
      const reader = join(folder, "wrong.py");
      writeFileSync(reader, source.replace(right, wrong));
      expect(apart(read(reader, SHIPPED), leftright(SHIPPED))).toBeGreaterThan(1e-3);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
