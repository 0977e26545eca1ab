// The fixtures of tests/fixtures, as numbers that go into a page.
import { readFileSync, readdirSync } from "node:fs";
import { Fixture as File } from "../../www/src/bench/fixture";
import type { Ablation } from "../../www/src/engine/pkg/leftright";

const FOLDER = new URL("../fixtures/", import.meta.url);

export class Fixture {
  readonly #file: File;

  constructor(readonly name: string) {
    this.#file = new File(new Uint8Array(readFileSync(new URL(`${name}.safetensors`, FOLDER))).buffer);
  }

  /** Every fixture of one training step. */
  static steps(): Fixture[] {
    const names = readdirSync(FOLDER).filter((file) => file.startsWith("step_"));
    return names.sort().map((file) => new Fixture(file.replace(/\.safetensors$/, "")));
  }

  shape(name: string): number[] {
    return this.#file.shape(name);
  }

  floats(name: string): number[] {
    return [...this.#file.floats(name)];
  }

  integers(name: string): number[] {
    return [...this.#file.integers(name)];
  }

  /** How many tensors have a gradient. */
  get gradients(): number {
    return this.#file.names.filter((name) => name.startsWith("grad.")).length;
  }

  /** The lists of ablations that an ablated fixture holds answers to. */
  ablations(tower: "vision" | "text"): Ablation[][] {
    return (JSON.parse(this.#file.metadata.ablations ?? "{}") as Record<string, Ablation[][]>)[tower] ?? [];
  }

  /** The width of a strip. */
  get pixels(): number {
    return this.#file.shape("images")[1] ?? 0;
  }

  /** The parameters as a checkpoint of ours. */
  checkpoint(): Uint8Array {
    return this.#file.checkpoint();
  }
}
