import { EXPERIMENTS, type ExperimentName } from "../experiments/table";

export type FigureName = "train" | "gradient" | "ablate" | "follow" | "strip" | "surgery" | ExperimentName;

/** Every figure, by the name that an address gives it. */
export const NAMES: readonly FigureName[] = ["train", "gradient", "ablate", "follow", "strip", "surgery", ...EXPERIMENTS.map(({ name }) => name)];
