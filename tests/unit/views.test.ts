// What an address says of views comes back from the address that they write, and what it may not say is refused.
import { expect, test } from "vitest";
import { TERMS, USUAL, fitted, readViews, stripOf, writeViews, type Views } from "../../www/src/run/views";
import type { Config } from "../../www/src/engine/pkg/leftright.js";

const WORLD = { pixels: 10, labels: 20, heads: 4 } as Config;

function written(views: Views): URLSearchParams {
  const query = new URLSearchParams();
  writeViews(query, views, WORLD);
  return query;
}

test("views come back from the query that they write", () => {
  for (const terms of [[], ["EP"], ["EE", "VP"], TERMS] as Views["cut"]["terms"][]) {
    for (const strength of [-1, 0, 0.25, 2]) {
      for (const heads of [null, [0], [1, 3]]) {
        for (const step of [null, 0, 350]) {
          const views: Views = { cut: { terms, strength, heads }, placed: { labels: [18, 3], positions: [1, 9] }, step };
          expect(readViews(written(views))).toEqual({ views, problems: [] });
        }
      }
    }
  }
});

test("usual views write nothing, and take back what was written", () => {
  expect(written(USUAL).toString()).toBe("");
  const query = new URLSearchParams("ablate=EP&strength=2&head=1&strip=1+2&step=4&seed=3");
  writeViews(query, USUAL, WORLD);
  expect(query.toString()).toBe("seed=3");
});

test("a view that cannot be is left out and said, whatever it is", () => {
  const wrong = ["ablate=XX", "ablate=", "strength=3", "strength=", "strength=NaN", "head=-1", "head=1.5", "head=x", "strip=1", "strip=1+1", "strip=0+1+2+3", "strip=1+2+x", `strip=${"0+".repeat(20)}1+2`, "step=-1", "step=1e3", "step=99999999999"];
  for (const search of wrong) {
    const { views, problems } = readViews(new URLSearchParams(search));
    expect(views, search).toEqual(USUAL);
    expect(problems, search).toHaveLength(1);
    expect(problems[0]?.length).toBeLessThan(300);
  }
});

test("views fit the model: heads, labels and pixels that it has", () => {
  const asked: Views = { cut: { terms: ["EP"], strength: 0, heads: [1, 7] }, placed: { labels: [16, 17], positions: [2, 15] }, step: null };
  const { views, problems } = fitted(asked, WORLD);
  expect(views.cut.heads).toEqual([1]);
  expect(views.placed.positions.every((pixel) => pixel < 10)).toBe(true);
  expect(problems).toHaveLength(2);
  expect(fitted(USUAL, WORLD)).toEqual({ views: USUAL, problems: [] });
  // A world without room for the usual strip shows another, which is no reader's mistake.
  const small = fitted(USUAL, { ...WORLD, pixels: 4, labels: 6 });
  expect(small.problems).toEqual([]);
  expect(stripOf(small.views.placed, 4).filter((label) => label > 0)).toEqual([5, 6]);
});
