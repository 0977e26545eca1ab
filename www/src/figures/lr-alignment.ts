import { customElement } from "lit/decorators.js";
import { ExaminedFigure } from "./examined";

@customElement("lr-alignment")
export class LrAlignment extends ExaminedFigure {
  protected override readonly experiment = "alignment";
  protected override readonly heading = "Is object 16 the same thing to both encoders?";
}
