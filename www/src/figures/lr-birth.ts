import { customElement } from "lit/decorators.js";
import { ExperimentFigure } from "./experiment";

@customElement("lr-birth")
export class LrBirth extends ExperimentFigure {
  protected override readonly experiment = "birth";
  protected override readonly heading = "Which comes first, the slope or the ability?";
}
