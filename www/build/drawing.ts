// The drawing at the head of the article, of the model that ships, as the text of a page.
import { nothing } from "lit";
import { epOf, exchange, type BothWays } from "../src/figures/both-ways";
import { fitsOf, fixedStrip, heroPicture, type Parts } from "../src/figures/hero-picture";
import { UNCUT, USUAL, stripOf } from "../src/run/views";
import { markup } from "./markup";
import { shippedModel } from "./model";

export function drawing(): string {
  const model = shippedModel();
  const { placed } = USUAL;
  const { pixels } = model.config();
  const strip = model.decompose({ strip: stripOf(placed, pixels) }, []);
  const exchanged = model.decompose({ strip: stripOf(exchange(placed), pixels) }, []);
  model.free();
  const of: BothWays = { cut: UNCUT, placed, strip, exchanged, whole: strip };
  const parts: Parts = { strip: fixedStrip(placed, pixels), controls: nothing, moving: { ep: epOf(strip), fits: fitsOf(of) }, trained: true };
  return markup(heroPicture(of, parts));
}
