import { customElement } from "lit/decorators.js";
import { ExperimentFigure } from "./experiment";

@customElement("lr-phase")
export class LrPhase extends ExperimentFigure {
  protected override readonly experiment = "phase";
  protected override readonly heading = "Which term breaks the symmetry is decided before the first step";
}
