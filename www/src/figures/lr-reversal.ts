import { customElement } from "lit/decorators.js";
import { ExaminedFigure } from "./examined";

@customElement("lr-reversal")
export class LrReversal extends ExaminedFigure {
  protected override readonly experiment = "reversal";
  protected override readonly heading = "Turn a term round, and the model says the opposite";
}
