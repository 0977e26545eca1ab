import { customElement } from "lit/decorators.js";
import { ExperimentFigure } from "./experiment";

@customElement("lr-grid")
export class LrGrid extends ExperimentFigure {
  protected override readonly experiment = "grid";
  protected override readonly heading = "On a grid, the slope becomes a ramp across the columns";
}
