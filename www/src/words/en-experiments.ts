// What the figures of experiments say in English: a part of the table in `en.ts`, in a file of its own because it comes with those
// figures. What an experiment finds, its rule and its pictures' titles are sentences of the crate's, which has no other language.
import type { Verdict } from "../engine/pkg/leftright.js";
import type { Claimed } from "../experiments/table";
import { en, type Words } from "./en";

const { duration, numbers: { count, percent, signed } } = en;

const models = (models: number): string => (models === 1 ? "the model" : `the ${models} models`);
const steps = (steps: number[]): string => `${steps.map(count).join(" or ")} steps each`;

const english = {
  headings: {
    diversity: "What teaches it left from right: more labels, or more layouts?",
    slope: "No slope, no ability?",
    text: "The text side has its own way of knowing who comes first",
    alignment: "Is object 16 the same thing to both encoders?",
    captions: "“Left of” and “right of” together need a second text layer",
    grid: "On a grid, the slope becomes a ramp across the columns",
    three: "Three objects in a row, six ways to order them",
    "norm-mlp": "Closer to a real CLIP: layer norm and an MLP",
    autoregressive: "A model that writes the caption, word by word",
    reversal: "Turn a term round, and the model says the opposite",
    phase: "Which term breaks the symmetry is decided before the first step",
    birth: "Which comes first, the slope or the ability?",
    surgery: "A line of your own in the place of EP",
  } satisfies Record<Claimed, string>,

  cancel: "Cancel",

  /** What is claimed, and what the numbers say of it. */
  verdict: {
    /** `crate`: the claim in the words of the crate, and said so where it has no other. */
    claim: (crate: string): string => crate,
    papers: "The paper’s claim:",
    ours: "Our expectation, which the paper does not test:",
    report: (models: number): string => `Our report, of ${count(models)} models:`,
    ofClaim: { reproduced: "reproduced", partly: "partly reproduced", not: "not reproduced", open: "open until enough is measured here" } satisfies Record<Verdict, string>,
    ofExpectation: { reproduced: "as expected", partly: "partly as expected", not: "not as expected", open: "open until enough is measured here" } satisfies Record<Verdict, string>,
    columns: ["the number", "here", "our report", "must be"],
    holds: "holds",
    fails: "does not",
  },

  /** Of models that a figure trains for itself. */
  models: {
    these: "The models trained here",
    measured: (done: number, models: number): string => `${done} of ${models} models measured`,
    begun: "Nothing is measured yet; the pictures fill in as the models are measured.",
    tooLittle: "Too little is measured yet for a finding; the pictures fill in as the models are measured.",
    nothing: (those: number, pressed: boolean): string =>
      `Not measured on this machine yet.${pressed ? ` Press Run: what is found is written here from ${models(those)} that you train.` : ""}`,
    preparing: "Preparing…",
    failed: "This experiment cannot be run here.",
    running: (done: number, models: number, left: number | null): string => `${done} of ${models} models measured${left === null ? "" : `, ${duration(left)} left`}`,
    all: (models: number): string => `All ${models} models measured.`,
    stopped: (done: number, models: number): string => `Stopped with ${done} of ${models} models measured.`,
    plan: (models: number, each: number[]): string => `${models} models, ${steps(each)}.`,
    run: "Run",
    again: "Run again",
    clear: "Clear results",
    nothingToClear: "There are no results to clear.",
    progress: "Progress of the experiment",
    details: "How this is decided, and what is trained",
    trained: "models",
    each: (models: number, each: number[]): string => `${models}, ${steps(each)}`,
    rest: "Every other setting is the paper’s. On the CPU the models train side by side.",
  },

  /** Of the reader's own model, which a figure measures. */
  probe: {
    measure: "Measure",
    again: (measure: string): string => `${measure} again`,
    announced: "Measuring.",
    tooLittle: "Too little is measured yet for a finding; the pictures fill in part by part.",
    untrained: "This model is untrained.",
    press: "Press Measure: what the model says is written here from its numbers.",
    /** `further`: whether the buttons that train are not right above, but further up. */
    trainFirst: (further: boolean): string =>
      `Your model is untrained: train it ${further ? "further up" : "above"}, then press Measure, and what it says is written here from its numbers.`,
    pauseFirst: (further: boolean): string => `The model is training: pause it ${further ? "further up" : "above"} to measure it.`,
    shipped: "The model that came with the page",
    yours: "Your model",
    /** Which one, after "the model". */
    at: (file: string | null, step: number): string => (file === null ? `at step ${count(step)}` : `from ${file}`),
    measuring: "Measuring…",
    parts: (part: number, parts: number): string => `${part} of ${parts} parts measured`,
    stale: (at: string): string => `These results are of the model ${at}, and it has changed since.`,
    stopped: (part: number, parts: number): string => `Stopped after ${part} of ${parts} parts.`,
    measured: (at: string): string => `Measured: the model ${at}.`,
    notYet: "Not measured yet.",
    progress: "Progress of the measurement",
    details: "How this is decided",
    oneModel: "Decided here by one model, yours; the reproduction’s report has several seeds.",
  },

  surgery: {
    right: "With your line, left is left",
    reversed: "With your line, left is right",
    chance: "With your line, a coin toss",
    unsure: "With your line, the model is not sure",
    measure: "Measure every straight line",
    /** `line`: the model's own, a drawn one, or the slope of a straight one. */
    condition: (line: "own" | "drawn" | number, head: number): string => {
      const what = line === "own" ? "its own line" : line === "drawn" ? "your line" : `a straight line of ${signed(line, 1)} logits per pixel`;
      return `With ${what} in head ${head}, and no EP in the other heads`;
    },
    measuring: (condition: string): string => `${condition}: measuring…`,
    found: (condition: string, recognition: number, order: number): string =>
      `${condition}, the model names both objects in ${percent(recognition)} of new pairs and gets their order right in ${percent(order)}.`,
    row: (head: number): string => `EP of head ${head} over the pixels, in logits`,
    own: "┄ the model’s own",
    hint: "Drag a point up or down, or focus it and press the arrow keys.",
    points: "The EP row: one point for each pixel",
    point: (pixel: number): string => `Pixel ${pixel}`,
    logits: (value: number): string => `${signed(value)} logits`,
    restore: "Restore the model’s own row",
    isOwn: "This is the model’s own row.",
    keeps: "The head that keeps an EP; the others lose theirs",
    steepest: (head: string): string => `Steepest (${head})`,
    straight: "A straight line",
    noLine: "none is put in yet",
    slope: (slope: number): string => `${signed(slope)} logits per pixel`,
    ends: ["−4: against the model’s own way", "0: flat", "+4: its own way"],
    table: "Accuracies on unseen pairs, of the model as it is and with this row",
    columns: ["Unseen pairs", "From 0 to 1: ○\u00a0the model as it is, ●\u00a0with this row, ┆\u00a0chance", "As it is → with this row"],
  },
};

export type ExperimentWords = typeof english;

/** What the figures of experiments say in the language of `words`. */
export function experimentWords({ experiments }: Words): ExperimentWords {
  return experiments ?? english;
}
