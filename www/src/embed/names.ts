/** Every figure, by the name that an address gives it. */
export const NAMES = [
  "train",
  "gradient",
  "ablate",
  "strip",
  "diversity",
  "slope",
  "text",
  "alignment",
  "captions",
  "grid",
  "three",
  "norm-mlp",
  "autoregressive",
  "reversal",
  "surgery",
  "phase",
  "birth",
] as const;
export type FigureName = (typeof NAMES)[number];
