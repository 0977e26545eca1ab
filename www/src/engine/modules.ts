// The two WebAssembly modules: the small one shows models, the whole one trains them too and takes its place once loaded.
import lookUrl from "./pkg/look_bg.wasm?url";
import wholeUrl from "./pkg/leftright_bg.wasm?url";

export type Whole = typeof import("./pkg/leftright.js");
/** What both modules have; their classes are one type to us. */
export type Look = Pick<Whole, "Model" | "checkConfig" | "configFields">;

let loadingLook: Promise<Look> | null = null;
let loadingWhole: Promise<Whole> | null = null;

/** The whole module, loaded when something is first trained or measured. A load that fails may be tried again. */
export function whole(): Promise<Whole> {
  loadingWhole ??= import("./pkg/leftright.js").then(async (module) => {
    await module.default({ module_or_path: wholeUrl });
    return module;
  });
  loadingWhole.catch(() => (loadingWhole = null));
  return loadingWhole;
}

/** What shows models: whichever module is there. */
export function look(): Promise<Look> {
  if (loadingWhole) return loadingWhole;
  loadingLook ??= import("./pkg/look.js").then(async (module) => {
    await module.default({ module_or_path: lookUrl });
    return module as unknown as Look;
  });
  loadingLook.catch(() => (loadingLook = null));
  return loadingLook;
}
