// What the figures say, in each language.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { numbersIn } from "../../www/src/util/numbers";
import { de } from "../../www/src/words/de";
import { en, type Translation } from "../../www/src/words/en";
import { experimentWords } from "../../www/src/words/en-experiments";
import { followWords } from "../../www/src/words/en-follow";

const english: Translation = { ...en, experiments: experimentWords(en), follow: followWords(en) };

/** What stands at each path: that there is a text, a function of so many values, or a list of so many. */
function shape(words: unknown, path = ""): string[] {
  if (typeof words === "function") return [`${path}: a function`];
  if (Array.isArray(words)) return [`${path}: ${words.length} of them`];
  if (typeof words === "object" && words !== null) return Object.entries(words).flatMap(([name, value]) => shape(value, `${path}.${name}`));
  return [`${path}: ${typeof words}`];
}

test("German says as much as English, where types cannot tell: as many in each list, and nothing twice", () => {
  expect(shape(de).sort()).toEqual(shape(english).sort());
  expect(shape({ ...english, cut: { ...english.cut, ends: ["less"] } })).not.toEqual(shape(english)); // negative control
});

test("German has each claim that a figure tells, as the crate makes it today", () => {
  const { headings, verdict } = de.experiments;
  for (const name of Object.keys(headings)) {
    const source = readFileSync(new URL(`../../src/experiment/paper/${name.replace("-", "_")}.rs`, import.meta.url), "utf8");
    const claim = /^ {4}claim: "(.+)",$/m.exec(source)?.[1] ?? "";
    expect(claim, name).not.toBe("");
    expect(verdict.claim(claim), name).not.toBe(claim);
    expect(verdict.claim(`${claim} But not always.`), name).toBe(`${claim} But not always.`); // a claim that changed
  }
});

test("German numbers, and English ones", () => {
  const numbers = (language: string) => {
    const { accuracy, count, fixed, logit, magnitude, percent, perSecond, plain, signed, strength, twoDigits } = numbersIn(language);
    return [accuracy(0.956), accuracy(null), count(1234567), fixed(-1000.5, 2), logit(-13.2), logit(2.94), magnitude(2.84), percent(0.97), perSecond(400), plain(1000), plain(-0.0123), plain(12.34), signed(-2.5), signed(-0.001), strength(-0.5), twoDigits(0.00042)];
  };
  expect(numbers("en")).toEqual(["0.96", "–", "1,234,567", "−1,000.50", "−13", "2.9", "2.8", "97\u00a0%", "2.5", "1,000", "−0.012", "12.3", "−2.50", "0.00", "−0.5", "0.00042"]);
  expect(numbers("de")).toEqual(["0,96", "–", "1.234.567", "−1.000,50", "−13", "2,9", "2,8", "97\u00a0%", "2,5", "1.000", "−0,012", "12,3", "−2,50", "0,00", "−0,5", "0,00042"]);
});

test("German sentences bend with their numbers", () => {
  expect([1, 2, 1000].map((step) => de.run.since(step))).toEqual(["Nach einem Schritt", "Nach 2 Schritten", "Nach 1.000 Schritten"]);
  expect([3_000, 41_000, 200_000].map((time) => de.duration(time))).toEqual(["wenige Sekunden", "etwa 40 Sekunden", "etwa 3 Minuten"]);
  const cut = { terms: ["EP" as const], strength: 0, heads: null };
  expect([cut, { ...cut, heads: [2] }, { ...cut, strength: -1, heads: [0, 2] }, { ...cut, terms: ["EP" as const, "PE" as const], strength: 0.5 }].map((one) => de.condition(one))).toEqual([
    "Ohne EP",
    "Ohne EP in Kopf 2",
    "Mit umgekehrtem EP in den Köpfen 0 und 2",
    "Mit EP und PE in Stärke 0,5",
  ]);
  expect(de.follow.reading.alone([2], 16)).toBe("Kopf 2 zeigt allein auf 16.");
  expect(de.follow.reading.both([0, 1, 3], [16, 17])).toContain("Die Köpfe 0, 1 und 3 lesen 16 und 17");
});
