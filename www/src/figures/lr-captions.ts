import { customElement } from "lit/decorators.js";
import { ExperimentFigure } from "./experiment";

@customElement("lr-captions")
export class LrCaptions extends ExperimentFigure {
  protected override readonly experiment = "captions";
  protected override readonly heading = "“Left of” and “right of” together need a second text layer";
}
