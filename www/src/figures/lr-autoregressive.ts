import { customElement } from "lit/decorators.js";
import { ExperimentFigure } from "./experiment";

@customElement("lr-autoregressive")
export class LrAutoregressive extends ExperimentFigure {
  protected override readonly experiment = "autoregressive";
  protected override readonly heading = "A model that writes the caption, word by word";
}
