// The model that ships, asked by the module that shows models, as the page is built.
import { readFileSync } from "node:fs";
import { Model, initSync } from "../src/engine/pkg/viewer.js";

export function shippedModel(): Model {
  initSync({ module: readFileSync("www/src/engine/pkg/viewer_bg.wasm") });
  return Model.open(new Uint8Array(readFileSync("www/src/run/paper.safetensors")));
}
