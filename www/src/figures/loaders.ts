// The article's figures beyond the first, which are loaded when they are wanted.
import { EXPERIMENTS } from "../experiments/table";
import { loadScript } from "../util/load-script";

/** What loads and defines an element, by its tag. */
export const LOADERS: Record<string, () => Promise<unknown>> = {
  "lr-follow": () => loadScript(() => import("./lr-follow")),
  "lr-surgery": () => loadScript(() => import("./lr-surgery")),
  ...Object.fromEntries(
    EXPERIMENTS.map(({ name }) => [
      `lr-${name}`,
      async () => { (await loadScript(() => import("../experiments/define"))).defineExperiment(name); },
    ]),
  ),
};
