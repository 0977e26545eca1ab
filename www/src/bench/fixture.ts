// A step of training as tests/fixtures holds it: a model's parameters, a batch, and what the reference makes of them.

interface Tensor {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

export class Fixture {
  readonly #file: ArrayBuffer;
  /** Where the tensors' bytes begin. */
  readonly #start: number;
  /** The header's texts. */
  readonly metadata: Record<string, string>;
  readonly #tensors: Map<string, Tensor>;

  /** `file`: safetensors. */
  constructor(file: ArrayBuffer) {
    const length = Number(new DataView(file).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length))) as { __metadata__: Record<string, string> } & Record<string, Tensor>;
    const { __metadata__: metadata, ...tensors } = header;
    this.#file = file;
    this.#start = 8 + length;
    this.metadata = metadata;
    this.#tensors = new Map(Object.entries(tensors));
  }

  get names(): string[] {
    return [...this.#tensors.keys()];
  }

  shape(name: string): number[] {
    return this.#tensors.get(name)?.shape ?? [];
  }

  floats(name: string): Float32Array {
    return new Float32Array(this.#data(name));
  }

  /** Token ids, which are never negative. */
  integers(name: string): Uint32Array {
    return new Uint32Array(this.#data(name));
  }

  /** The parameters as a checkpoint of ours. */
  checkpoint(): Uint8Array {
    const entries: Record<string, unknown> = { __metadata__: this.metadata };
    const parts: Uint8Array[] = [];
    let end = 0;
    for (const [name, tensor] of this.#tensors) {
      if (!name.startsWith("param.")) continue;
      const part = new Uint8Array(this.#data(name));
      entries[name.slice("param.".length)] = { ...tensor, data_offsets: [end, end + part.length] };
      end += part.length;
      parts.push(part);
    }
    const json = new TextEncoder().encode(JSON.stringify(entries));
    const file = new Uint8Array(8 + json.length + end);
    new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
    file.set(json, 8);
    let at = 8 + json.length;
    for (const part of parts) {
      file.set(part, at);
      at += part.length;
    }
    return file;
  }

  #data(name: string): ArrayBuffer {
    const [start, end] = this.#tensors.get(name)?.data_offsets ?? [0, 0];
    return this.#file.slice(this.#start + start, this.#start + end);
  }
}
