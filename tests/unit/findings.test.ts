// The cockpit's sentence, by its numbers.
import { expect, test } from "vitest";
import { cockpitFinding } from "../../www/src/cockpit/finding";
import { ablateFinding, trainFinding } from "../../www/src/figures/findings";
import { UNCUT, type Cut } from "../../www/src/run/views";
import { percent } from "../../www/src/util/format";

const scores = (order: number | null, recognition: number | null) => ({ order, recognition });
const WITHOUT: Cut = { terms: ["EP"], strength: 0, heads: null };

test("what the model does, under what, and when", () => {
  expect(cockpitFinding(scores(0.95, 1), UNCUT, true, null)).toBe("All nine terms are in. On new pairs the model names both objects every time and gets their order right in 95\u00a0%.");
  expect(cockpitFinding(scores(0.5, 1), WITHOUT, true, null)).toBe("Without EP, on new pairs the model names both objects every time and gets their order right in 50\u00a0%: a coin toss.");
  expect(cockpitFinding(scores(0.01, 0.97), { ...WITHOUT, strength: -1 }, true, 500)).toBe("At step 500, with EP reversed, on new pairs the model names both objects in 97\u00a0% and gets their order right in 1\u00a0%: the wrong way round.");
  expect(cockpitFinding(scores(0.8, 0.05), UNCUT, true, 1000)).toBe("At step 1,000, on new pairs the model names both objects in 5\u00a0%, so it has nothing to put in order.");
  expect(cockpitFinding(scores(0.5, 0), UNCUT, false, 0)).toBe("At step 0, the model has learned nothing yet.");
});

test("a score that is not there is no score of nothing", () => {
  expect(percent(null)).toBe("–");
  expect(percent(0)).toBe("0\u00a0%"); // negative control
  const none = { retrieval: 0, order: null, recognition: null, items: 0 };
  const accuracies = { single: none, seen: none, unseen: none };
  for (const said of [
    cockpitFinding(scores(null, 1), UNCUT, true, null),
    trainFinding({ step: 1, slopes: [], accuracies }, true, "After 1 step"),
    ablateFinding(accuracies, accuracies, WITHOUT, true, true),
  ]) expect(said).toBe("There are no new pairs to test this model on.");
});
