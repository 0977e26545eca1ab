// The WebAssembly modules: the small one shows models, the whole one trains them too and takes its place once loaded.
import lookUrl from "./pkg/look_bg.wasm?url";
import plainUrl from "./pkg/leftright_bg.wasm?url";
import relaxedUrl from "./pkg/relaxed_bg.wasm?url";
import { Once } from "../once";

export type Whole = typeof import("./pkg/leftright.js") & { memory: WebAssembly.Memory };
/** What both modules have; their classes are one type to us. */
export type Look = Pick<Whole, "Model" | "checkConfig" | "configFields" | "largestFile">;

/** A module of one fused multiply-add, which is valid where the browser has relaxed SIMD. */
// prettier-ignore
const FUSED = [
  0, 97, 115, 109, 1, 0, 0, 0, // magic, version
  1, 8, 1, 96, 3, 123, 123, 123, 1, 123, // a function of three vectors to one
  3, 2, 1, 0,
  10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11, // f32x4.relaxed_madd
];

const fused = (): boolean => WebAssembly.validate(new Uint8Array(FUSED));

/** Where the whole module lies that this browser would use. */
export function wholeUrl(): string {
  return fused() ? relaxedUrl : plainUrl;
}

/** The whole module as this browser runs it fastest: a fused multiply-add saves a seventh of a step. */
async function fastest(): Promise<Whole> {
  if (fused()) {
    const module = await import("./pkg/relaxed.js");
    const { memory } = await module.default({ module_or_path: relaxedUrl });
    return { ...module, memory };
  }
  const module = await import("./pkg/leftright.js");
  const { memory } = await module.default({ module_or_path: plainUrl });
  return { ...module, memory };
}

const wholeModule = new Once(fastest);
const lookModule = new Once(async () => {
  const module = await import("./pkg/look.js");
  await module.default({ module_or_path: lookUrl });
  return module as unknown as Look;
});

/** The whole module, loaded when something is first trained or measured. */
export function whole(): Promise<Whole> {
  return wholeModule.get();
}

/** What shows models: whichever module is there. */
export function look(): Promise<Look> {
  return wholeModule.pending ?? lookModule.get();
}
