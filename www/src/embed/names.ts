import { EXPERIMENTS, type ExperimentName } from "../experiments/table";

export type FigureName = "train" | "follow" | "gradient" | "ablate" | "strip" | "surgery" | ExperimentName;

/** Every figure, by the name that an address gives it. */
export const NAMES: readonly FigureName[] = ["train", "follow", "gradient", "ablate", "strip", "surgery", ...EXPERIMENTS.map(({ name }) => name)];
