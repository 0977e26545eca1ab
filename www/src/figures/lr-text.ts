import { customElement } from "lit/decorators.js";
import { ExaminedFigure } from "./examined";

@customElement("lr-text")
export class LrText extends ExaminedFigure {
  protected override readonly experiment = "text";
  protected override readonly heading = "The text side has its own way of knowing who comes first";
}
