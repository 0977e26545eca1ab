import { customElement } from "lit/decorators.js";
import { ExperimentFigure } from "./experiment";

@customElement("lr-diversity")
export class LrDiversity extends ExperimentFigure {
  protected override readonly experiment = "diversity";
  protected override readonly heading = "What teaches it left from right: more labels, or more layouts?";
}
