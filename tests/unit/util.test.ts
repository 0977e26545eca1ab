// Small things that many parts of the page lean on.
import { expect, test } from "vitest";
import { csv } from "../../www/src/export/csv";
import { accuracy, duration, plain, signed } from "../../www/src/util/format";
import { quote, tame } from "../../www/src/util/text";
import { LatestAnswer } from "../../www/src/util/latest-answer";
import { same } from "../../www/src/util/same";
import { TimeLeft } from "../../www/src/util/time-left";
import { thinned } from "../../www/src/run/saved-run";

test("time left never rises while the pace holds, and ends at nothing", () => {
  const left = new TimeLeft();
  let before = Infinity;
  for (let done = 0; done <= 1000; done++) {
    left.update(done, 1000, done * 10);
    const now = left.get(done * 10);
    if (now === null) continue;
    expect(now).toBeLessThanOrEqual(before + 1e-6);
    before = now;
  }
  expect(before).toBeLessThan(20);
});

test("time left does not rise with a jitter of the pace, and begins anew with other work", () => {
  const left = new TimeLeft();
  let [time, before] = [0, Infinity];
  const rises: number[] = [];
  for (let done = 0; done <= 1000; done++) {
    time += done % 50 === 0 ? 120 : 8; // an evaluation every fifty steps
    left.update(done, 1000, time);
    const now = left.get(time);
    if (now !== null && now > before + 1e-6) rises.push(now);
    before = now ?? before;
  }
  expect(rises).toEqual([]);
  left.update(0, 2000, time);
  expect(left.get(time)).toBeNull();
});

test("a message is one line of at most 300 characters without characters that steer", () => {
  expect(tame("a\u0000b\u202ec\nd")).toBe("a b c d");
  expect(tame("x".repeat(10_000))).toHaveLength(300);
  expect(tame("“16 17”, −1")).toBe("“16 17”, −1");
  expect(quote("y".repeat(50))).toHaveLength(41);
});

test("numbers as text", () => {
  expect([accuracy(null), accuracy(0.956), signed(-0.001), signed(-2.5), plain(1000), plain(NaN), plain(-0.0123)]).toEqual(["–", "0.96", "0.00", "−2.50", "1,000", "–", "−0.012"]);
  expect([duration(3_000), duration(41_000), duration(200_000)]).toEqual(["a few seconds", "about 40 seconds", "about 3 minutes"]);
});

test("a table as CSV: what would break a row is quoted, what is no number is empty", () => {
  expect(csv({ columns: ["a", "b"], rows: [["x,y", 1], ['say "no"', NaN], [null, true]] })).toBe('a,b\n"x,y",1\n"say ""no""",\n,true\n');
});

test("equal data is the same, and other data is not", () => {
  expect(same({ a: [1, { b: NaN }] }, { a: [1, { b: NaN }] })).toBe(true);
  for (const [a, b] of [[[1, 2], [1, 3]], [{ a: 1 }, { b: 1 }], [{ a: 1 }, { a: 1, b: 2 }], [[], {}], [null, {}], [0, "0"]]) expect(same(a, b)).toBe(false);
});

test("the newest question is answered, those in between are not asked, and one that failed can be asked again", async () => {
  const asked: string[] = [];
  let changes = 0;
  const answer = new LatestAnswer<string>(() => { changes += 1; });
  const question = (name: string, fails = false) => async () => { asked.push(name); await Promise.resolve(); if (fails) throw new Error(name); return name; };
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  answer.ask(["a"], question("a"));
  answer.ask(["b"], question("b"));
  answer.ask(["c"], question("c"));
  answer.ask(["c"], question("never"));
  await settled();
  expect([asked, answer.value, changes]).toEqual([["a", "c"], "c", 2]);
  let broken = true;
  answer.ask(["d"], async () => { await Promise.resolve(); if (broken) throw new Error("d is broken"); return "d"; });
  await settled();
  expect([answer.value, answer.error?.message]).toEqual(["c", "d is broken"]);
  broken = false;
  answer.again();
  await settled();
  expect([answer.value, answer.error]).toEqual(["d", null]);
});

test("snapshots that are too large together lose every other one, never the first or the last", () => {
  const many = (size: number) => new Map(Array.from({ length: 9 }, (_, i) => [i * 50, new Uint8Array(size)]));
  expect([...thinned(many(10)).keys()]).toHaveLength(9);
  expect([...thinned(many(6 << 20)).keys()]).toEqual([0, 100, 200, 300, 400]);
});
