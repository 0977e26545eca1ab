// Makes an experiment's element from its line of the table.
import { ExperimentFigure } from "./experiment-figure";
import { ProbeFigure } from "./probe-figure";
import { EXPERIMENTS, type ExperimentName } from "./table";

/** Defines `lr-NAME`; nothing where that is defined already. */
export function defineExperiment(name: ExperimentName): void {
  const tag = `lr-${name}`;
  const entry = EXPERIMENTS.find((one) => one.name === name);
  if (!entry || customElements.get(tag)) return;
  const oneAtATime = "oneAtATime" in entry;
  customElements.define(
    tag,
    entry.of === "run"
      ? class extends ProbeFigure {
          protected override readonly experiment = name;
        }
      : class extends ExperimentFigure {
          protected override readonly experiment = name;
          protected override readonly oneAtATime = oneAtATime;
        },
  );
}
