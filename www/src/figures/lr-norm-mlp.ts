import { customElement } from "lit/decorators.js";
import { ExperimentFigure } from "./experiment";

@customElement("lr-norm-mlp")
export class LrNormMlp extends ExperimentFigure {
  protected override readonly experiment = "norm-mlp";
  protected override readonly heading = "Closer to a real CLIP: layer norm and an MLP";
}
