// The table of a run's life.
import { expect, test } from "vitest";
import { LIFE, PHASES, atRest, answers, next, type Phase, type Turn } from "../../www/src/run/life";

const TURNS: Turn[] = ["load", "rest", "pause", "train", "fail", "close"];

test("every turn of every state, as a table", () => {
  const table = Object.fromEntries(PHASES.map((phase) => [phase, TURNS.map((turn) => LIFE[phase][turn] ?? "-").join(" ")]));
  expect(table).toEqual({
    //        load    rest  pause  train    fail   close
    empty: "loading - - - - closed",
    loading: "loading ready paused - failed closed",
    ready: "loading - - training failed closed",
    training: "loading ready paused - failed closed",
    paused: "loading - - training failed closed",
    failed: "loading - - - - closed",
    closed: "- - - - - -",
  });
});

test("what the table has not is an error", () => {
  for (const phase of PHASES) {
    for (const turn of TURNS) {
      const to = LIFE[phase][turn];
      if (to) expect(next(phase, turn)).toBe(to);
      else expect(() => next(phase, turn)).toThrow(`a run that is ${phase} cannot ${turn}`);
    }
  }
});

test("from every state but the last a run can be closed, and from each there is a way to training", () => {
  const reached = (from: Phase): Set<Phase> => {
    const seen = new Set<Phase>([from]);
    for (const phase of seen) for (const to of Object.values(LIFE[phase])) seen.add(to);
    return seen;
  };
  for (const phase of PHASES.filter((one) => one !== "closed")) {
    expect(LIFE[phase].close).toBe("closed");
    expect(reached(phase)).toContain("training");
  }
  expect(reached("closed")).toEqual(new Set(["closed"]));
});

test("a model can be asked while it rests and trains, and at no other time", () => {
  expect(PHASES.filter(atRest)).toEqual(["ready", "paused"]);
  expect(PHASES.filter(answers)).toEqual(["ready", "training", "paused"]);
});
