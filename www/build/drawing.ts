// What the article shows of the model that ships before a script is there, without one and on paper.
import { html, nothing } from "lit";
import { epOf, type BothWays } from "../src/figures/both-ways";
import { STEPS } from "../src/figures/follow-steps";
import { fitsOf, fixedStrip, heroPicture, type Parts } from "../src/figures/hero-picture";
import { en } from "../src/words/en";
import { followWords } from "../src/words/en-follow";
import { UNCUT, USUAL, exchange, stripOf } from "../src/run/views";
import { markup } from "./markup";
import { shippedModel } from "./model";

/** By the element in whose place each stands. */
export function drawings(): Record<string, string> {
  const model = shippedModel();
  const { placed } = USUAL;
  const { pixels } = model.config();
  const strip = model.decompose({ strip: stripOf(placed, pixels) }, []);
  const exchanged = model.decompose({ strip: stripOf(exchange(placed), pixels) }, []);
  model.free();
  if (epOf(strip).length !== pixels || strip.captions.length < 2) throw new Error("the model that ships has no EP or no captions to draw");
  const of: BothWays = { cut: UNCUT, placed, strip, exchanged, whole: strip };
  const parts: Parts = { strip: fixedStrip(placed, pixels), controls: nothing, moving: { ep: epOf(strip), fits: fitsOf(of) }, trained: true };
  const words = followWords(en);
  return {
    "lr-hero": markup(heroPicture(of, parts)),
    "lr-follow": markup(html`<ol>${STEPS.map(({ name, say }) => html`<li><b>${words[name].title}.</b> ${say(of, words)}</li>`)}</ol>`),
  };
}
