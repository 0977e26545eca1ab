import { customElement } from "lit/decorators.js";
import { ExperimentFigure } from "./experiment";

@customElement("lr-three")
export class LrThree extends ExperimentFigure {
  protected override readonly experiment = "three";
  protected override readonly heading = "Three objects in a row, six ways to order them";
}
