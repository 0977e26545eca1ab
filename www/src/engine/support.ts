// What the engine needs of a browser.

/** A module of one function that makes a vector, which is valid where the browser has SIMD. */
// prettier-ignore
const VECTOR = [
  0, 97, 115, 109, 1, 0, 0, 0, // magic, version
  1, 5, 1, 96, 0, 1, 123, // a function of nothing to a vector
  3, 2, 1, 0,
  10, 8, 1, 6, 0, 65, 0, 253, 15, 11, // i32.const 0, i8x16.splat
];

/** A module of one fused multiply-add, which is valid where the browser has relaxed SIMD. */
// prettier-ignore
const FUSED = [
  0, 97, 115, 109, 1, 0, 0, 0, // magic, version
  1, 8, 1, 96, 3, 123, 123, 123, 1, 123, // a function of three vectors to one
  3, 2, 1, 0,
  10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11, // f32x4.relaxed_madd
];

/** Whether the browser multiplies and adds in one: then it runs the module that does. */
export function fused(): boolean {
  return WebAssembly.validate(new Uint8Array(FUSED));
}

/** Why the engine cannot run in this browser, in a sentence; null where it can. */
export function unsupported(): string | null {
  const lack = typeof WebAssembly === "undefined" ? "WebAssembly" : WebAssembly.validate(new Uint8Array(VECTOR)) ? null : "WebAssembly SIMD";
  return lack && `This browser cannot run the engine: it has no ${lack}, or has it switched off. Chrome, Firefox and Safari have had it since 2023.`;
}
