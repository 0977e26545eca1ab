// A fixture of tests/fixtures: a model's parameters, a batch, and what the f64 autodiff reference makes of them.
import { readFileSync, readdirSync } from "node:fs";

interface Tensor {
  dtype: string;
  shape: number[];
  data: Buffer;
}

const FOLDER = new URL("../fixtures/", import.meta.url);

export class Fixture {
  readonly #metadata: unknown;
  readonly #tensors = new Map<string, Tensor>();

  constructor(readonly name: string) {
    const file = readFileSync(new URL(`${name}.safetensors`, FOLDER));
    const headerLength = Number(file.readBigUInt64LE(0));
    const { __metadata__: metadata, ...header } = JSON.parse(file.subarray(8, 8 + headerLength).toString()) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    this.#metadata = metadata;
    for (const [name, { dtype, shape, data_offsets: at }] of Object.entries(header)) {
      this.#tensors.set(name, { dtype, shape, data: file.subarray(8 + headerLength + at[0], 8 + headerLength + at[1]) });
    }
  }

  /** Every fixture of one training step. */
  static steps(): Fixture[] {
    const names = readdirSync(FOLDER).filter((file) => file.startsWith("step_"));
    return names.sort().map((file) => new Fixture(file.replace(/\.safetensors$/, "")));
  }

  floats(name: string): number[] {
    const data = this.#data(name);
    return Array.from({ length: data.length / 4 }, (_, i) => data.readFloatLE(4 * i));
  }

  integers(name: string): number[] {
    const data = this.#data(name);
    return Array.from({ length: data.length / 4 }, (_, i) => data.readInt32LE(4 * i));
  }

  /** How many tensors have a gradient. */
  get gradients(): number {
    return [...this.#tensors.keys()].filter((name) => name.startsWith("grad.")).length;
  }

  /** The width of a strip. */
  get pixels(): number {
    return this.#tensors.get("images")?.shape[1] ?? 0;
  }

  /** The parameters as a checkpoint of ours. */
  checkpoint(): number[] {
    const entries: Record<string, unknown> = { __metadata__: this.#metadata };
    const parts: Buffer[] = [];
    let end = 0;
    for (const [name, { dtype, shape, data }] of this.#tensors) {
      if (!name.startsWith("param.")) continue;
      entries[name.slice("param.".length)] = { dtype, shape, data_offsets: [end, end + data.length] };
      end += data.length;
      parts.push(data);
    }
    const json = Buffer.from(JSON.stringify(entries));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return [...Buffer.concat([length, json, ...parts])];
  }

  #data(name: string): Buffer {
    return this.#tensors.get(name)?.data ?? Buffer.alloc(0);
  }
}
