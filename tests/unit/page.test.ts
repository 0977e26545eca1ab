// What the build writes into the page: the report's numbers by their names, and drawings as text.
import { readFileSync } from "node:fs";
import { html, nothing, svg } from "lit";
import { expect, test } from "vitest";
import { sentence } from "../../www/src/app/guesses";
import { markup } from "../../www/build/markup";
import { addressed } from "../../www/build/card";
import { filled, type Summary } from "../../www/build/numbers";
import { filled as drawnIn } from "../../www/build/still";

const summary = () => JSON.parse(readFileSync("measurements/summary.json", "utf8")) as Summary;
const named = (name: string, format?: string) => `<p><data value="${name}"${format === undefined ? "" : ` class="${format}"`}></data></p>`;

test("a number of the page is the report's, and follows it", () => {
  const report = summary();
  const models = Number(report.experiments["4"]?.models);
  expect(filled(named("4.EP unseen.order.median", "percent"), report)).toBe('<p><data value="0.5">50\u00a0%</data></p>');
  expect(filled(named("4.EP unseen.order.median", "decimal"), report)).toBe('<p><data value="0.5">0.50</data></p>');
  expect(filled(named("4.order without EP", "decimal"), report)).toBe('<p><data value="0.5">0.50</data></p>');
  expect(filled(named("4.models"), report)).toBe(`<p><data value="${models}">${models}</data></p>`);
  const order = report.numbers["4.EP unseen.order"];
  if (!order) throw new Error("it was not measured");
  order[report.spread.indexOf("median")] = 0.251;
  expect(filled(named("4.EP unseen.order.median", "percent"), report)).toBe('<p><data value="0.251">25\u00a0%</data></p>');
});

test("the paper's claims are counted by their verdicts, and ours are none of them", () => {
  const report = summary();
  const count = (name: string) => Number(/>(\d+)</.exec(filled(named(`claims.${name}`), report))?.[1]);
  const before = count("reproduced");
  expect(count("all")).toBe(count("reproduced") + count("partly") + count("not"));
  const experiment = (verdict: string) => ({ verdict, conditions: [] });
  const ours = () => filled(named("ours.reproduced", "word"), report);
  report.experiments["99"] = experiment("reproduced");
  expect(count("reproduced")).toBe(before);
  const [, word] = />(\w+)</.exec(ours()) ?? [];
  report.experiments["98"] = experiment("reproduced");
  expect(ours()).not.toContain(`>${word ?? ""}<`);
  report.experiments["0"] = experiment("reproduced");
  expect(count("reproduced")).toBe(before + 1);
});

test("a name that is not there, or a format, fails the build", () => {
  for (const name of ["4.EP unseen.order.middle", "4.EP unseen.sense.median", "77.models", "claims.ours", ""]) {
    expect(() => filled(named(name), summary()), name).toThrow(`no number “${name}”`);
  }
  expect(() => filled(named("4.models", "roman"), summary())).toThrow("roman");
});

test("every number that the page names is there", () => {
  const page = readFileSync("www/index.html", "utf8");
  expect(page).toContain("<data value=");
  expect(filled(page, summary())).not.toMatch(/<data value="[^"]*"[^>]*><\/data>/);
});

test("a template as text: values are escaped, events and properties left out", () => {
  const row = (name: string) => svg`<text x=${name} class=${nothing}>${name}</text>`;
  const template = html`<p class="a ${"b"}" ?hidden=${false} ?open=${true} .data=${[1]} @click=${() => undefined} title=${'"<'}>${["x", "y"].map(row)}${nothing}${"<i>"}</p>`;
  expect(markup(template)).toBe('<p class="a b" open title="&quot;&lt;"><text x="x">x</text><text x="y">y</text>&lt;i></p>');
  expect(() => markup(() => undefined)).toThrow();
});

test("the end of the text says how the reader's guesses did", () => {
  expect(sentence([], 3)).toBe("");
  expect(sentence([null, null], 3)).toBe("");
  expect(sentence([true], 3)).toBe("You have answered 1 of 3 questions, and guessed right.");
  expect(sentence([true, null, false], 3)).toBe("You have answered 2 of 3 questions, and guessed 1 right.");
  expect(sentence([true, true, true], 3)).toBe("You have answered all 3 questions, and guessed right each time.");
  expect(sentence([false, false, false], 3)).toBe("You have answered all 3 questions, and guessed otherwise.");
});

test("a drawing without a place, a place without a drawing and a page without a card fail the build", () => {
  const page = "<lr-hero></lr-hero><lr-follow number=\"1\"></lr-follow>";
  expect(drawnIn(page, { "lr-hero": "a", "lr-follow": "b" })).toBe('<lr-hero><div class="static">a</div></lr-hero><lr-follow number="1"><div class="static">b</div></lr-follow>');
  expect(() => drawnIn(page, { "lr-hero": "a" })).toThrow("no drawing for <lr-follow>");
  expect(() => drawnIn("<lr-hero></lr-hero>", { "lr-hero": "a", "lr-follow": "b" })).toThrow("no place for the drawing of lr-follow");
  expect(addressed('content="/card.png"', undefined)).toBe('content="/card.png"');
  expect(addressed('content="/card.png"', "https://a.example/b/")).toBe('content="https://a.example/b/card.png"');
  expect(() => addressed('content="/picture.png"', undefined)).toThrow("the page has no");
});
