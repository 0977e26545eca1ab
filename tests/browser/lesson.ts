// What the links of docs/teaching open.

const STRIP = "strip=0+0+16+0+0+0+0+17+0+0";
const AT_CHANCE = /^Without EP the model still names both objects \(recognition (1\.00|0\.9\d)\) but picks the order at chance/;
/** What the figure says, by the query that a link opens it with. */
export const SAYS: Record<string, RegExp> = {
  [`figure=follow&${STRIP}`]: /^The strip becomes 11 tokens/,
  [`figure=gradient&${STRIP}`]: /^Head 2’s EP row falls by 2\.8 logits per pixel/,
  "figure=train&start=untrained": /^This model has learned nothing yet/,
  "figure=ablate": /^Nothing is ablated/,
  "figure=ablate&ask=EP": /^Nothing is ablated/,
  "figure=ablate&ablate=EP&present": AT_CHANCE,
  "figure=ablate&ablate=EP&lang=de": /^Ohne EP nennt das Modell weiterhin beide Objekte \(Erkennung (1,00|0,9\d)\), aber die Reihenfolge trifft es nur durch Zufall/,
  "figure=ablate&ablate=EP&strength=-1": /^With EP reversed .* puts them the wrong way round \(order 0\.06\)/,
  "figure=ablate&ablate=EP&strength=0.5": /order from 0\.95 to 0\.85/,
  "figure=ablate&ablate=PE": /^Without PE .*\(recognition 1\.00\) and gets their order right \(0\.94\)/,
  "figure=ablate&ablate=VP": /^Without VP .*\(recognition 1\.00\) and gets their order right \(0\.94\)/,
  "figure=ablate&ablate=EE": /recognition goes from 1\.00 to 0\.00 and order from 0\.95 to 0\.57/,
  "figure=surgery": /^With its own line in head 2/,
  "figure=phase": /^Not measured on this machine yet/,
  ...Object.fromEntries([1, 2, 3, 4].flatMap((seed) => [
    [`figure=train&start=training&seed=${seed}`, /^After 1,000 steps the model picks the right caption for (0\.9\d|1\.00)/],
    [`figure=ablate&start=training&seed=${seed}&ablate=EP`, AT_CHANCE],
  ])),
  "figure=gradient&start=training&seed=3&weight-decay=1": /^No head prefers a side.* by only 0\.00 logits per pixel/,
  "figure=train&start=training&seed=3&weight-decay=1": /which is on the left is a coin toss \(order 0\.50\)/,
};
