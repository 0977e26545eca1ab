import { customElement } from "lit/decorators.js";
import { ExperimentFigure } from "./experiment";

@customElement("lr-slope")
export class LrSlope extends ExperimentFigure {
  protected override readonly experiment = "slope";
  protected override readonly heading = "No slope, no ability?";
}
