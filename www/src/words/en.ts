// Every word that the figures for other pages say, in English: what another language has to say too (`de.ts`), but for
// `en-follow.ts` and `en-experiments.ts`, which are loaded later. What is said with numbers is a function of them. Which sentence is
// true, the figures decide.
import type { Split, Term } from "../engine/pkg/leftright.js";
import type { Cut } from "../run/views";
import type { NumberName } from "../run/settings";
import type { ExperimentWords } from "./en-experiments";
import type { FollowWords } from "./en-follow";
import { numbersIn, roughly } from "../util/numbers.ts";

const numbers = numbersIn("en");
const { accuracy, count, magnitude, percent, signed } = numbers;

/** "EP", "EP and PE", "EP, PE and VP". */
const listed = (names: (Term | number)[]): string => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}` : names.join(""));

/** "Without EP in head 2". */
const condition = ({ terms, strength, heads }: Cut): string => {
  const where = heads === null ? "" : ` in ${heads.length === 1 ? "head" : "heads"} ${listed(heads)}`;
  if (strength === 0) return `Without ${listed(terms)}${where}`;
  if (strength === -1) return `With ${listed(terms)} reversed${where}`;
  return `With ${listed(terms)} at strength ${numbers.strength(strength)}${where}`;
};

/** "about 40 seconds". */
const duration = (milliseconds: number): string => {
  const time = roughly(milliseconds);
  if ("few" in time) return "a few seconds";
  return "seconds" in time ? `about ${time.seconds} seconds` : `about ${time.minutes} minutes`;
};

const epSlope = (slope: number): string => `EP slope ${signed(slope)} logits per pixel`;

export const en = {
  /** The language, as `lang` calls it. */
  language: "en",
  numbers,
  listed,
  condition,
  duration,

  /** Of every figure. */
  figure: {
    number: (number: string): string => `Figure ${number}`,
    atStep: (step: number): string => `As the model was at step ${count(step)}.`,
    latest: (step: number): string => `Show the latest, step ${count(step)}`,
    /** What is wrong follows, in a sentence. */
    notComputed: "This could not be computed:",
    again: "Try again",
    accuracies: { retrieval: "retrieval", order: "order", recognition: "recognition" },
    splits: {
      single: { label: "single", meaning: "one object at a position held out" },
      seen: { label: "seen", meaning: "a training pair in a layout held out" },
      unseen: { label: "unseen", meaning: "two labels that no training pair has" },
    } satisfies Record<Split, { label: string; meaning: string }>,
    /** A key token: CLS, then the pixels from 1. */
    token: (token: number): string => (token === 0 ? "CLS" : `pixel ${token}`),
    fitsTrue: "fits better, and is true",
    fitsFalse: "fits better, and is false",
  },

  /** What is wrong with an attribute. */
  problems: {
    terms: (name: string, text: string): string => `${name} is “${text}”, but must be terms, as in EP or EE VP. It is as if it were not there.`,
    choice: (name: string, text: string, allowed: readonly string[]): string => `${name} is “${text}”, but must be one of ${allowed.join(", ")}. It is as if it were not there.`,
    pixels: (most: number, shown: number): string => `pixels must be a whole number from 2 to ${most}; a strip of ${shown} is shown.`,
    positions: (most: number, shown: string): string => `positions must be two different whole numbers from 0 to ${most}, as in “${shown}”, which is shown.`,
    labels: (most: number, shown: string): string => `labels must be two different whole numbers from 1 to ${most}, as in “${shown}”, which is shown.`,
  },

  /** What becomes of a run, and the buttons that do it. */
  run: {
    train: "Train",
    more: "Train more",
    goOn: "Go on",
    pause: "Pause",
    reset: "Reset",
    step: "Step",
    firstStep: "First step of your own",
    back: "Back to",
    shippedModel: "the model that came with the page",
    runAt: (step: number): string => `the run at step ${count(step)}`,
    progress: "Training progress",
    announced: "Training.",
    stopped: "The engine has stopped.",
    training: (step: number, target: number, msPerStep: number | null, left: number | null): string =>
      `Training: step ${count(step)} of ${count(target)}${msPerStep === null ? "" : `, ${numbers.perSecond(msPerStep)} steps per second`}${left === null ? "" : `, ${duration(left)} left`}`,
    preparing: "Preparing the model…",
    untrained: (pressed: boolean): string => (pressed ? "Untrained. Press Train." : "Untrained."),
    shown: (shown: number, step: number): string => `The figures show step ${count(shown)} of ${count(step)}.`,
    shipped: (step: number, pressed: boolean): string => `This model came with the page, trained for ${count(step)} steps.${pressed ? " Press Train for one of your own." : ""}`,
    opened: (file: string): string => `Opened from ${file}.`,
    paused: (step: number): string => `Paused at step ${count(step)}.`,
    trained: (step: number): string => `Trained for ${count(step)} steps.`,
    noEngine: "The engine is chosen and loaded when training starts.",
    /** Which engine trains, and why. `reason`: in the crate's own words. */
    engine: (_kind: "cpu" | "gpu", _asked: boolean, reason: string): string => reason,
    timeMachine: "Time machine",
    atStep: (step: number): string => `step ${count(step)}`,
    since: (step: number): string => `After ${count(step)} ${step === 1 ? "step" : "steps"}`,
    inFile: (file: string): string => `In ${file}`,
    untested: "There are no new pairs to test this model on.",
    broken: (broken: number, items: number): string => `This model is broken: for ${count(broken)} of ${count(items)} pairs its scores are no finite numbers. They count as wrong.`,
  },

  train: {
    heading: "Train it, and watch whether it learns pairs or learns “left of”",
    untrained: (retrieval: number, order: number): string =>
      `This model has learned nothing yet: on pairs that it will never meet in training, retrieval is ${accuracy(retrieval)} and order ${accuracy(order)}.`,
    /** `since`: "After 1,000 steps". */
    knows: (since: string, retrieval: number): string =>
      `${since} the model picks the right caption for ${accuracy(retrieval)} of the pairs it has never seen together: it knows left from right, not a list of pairs.`,
    tosses: (since: string, recognition: number, order: number): string =>
      `${since} the model names both objects of a pair it has never seen (recognition ${accuracy(recognition)}), but which is on the left is a coin toss (order ${accuracy(order)}).`,
    learns: (since: string, retrieval: number, recognition: number, order: number): string =>
      `${since} the model picks the right caption for ${accuracy(retrieval)} of the pairs it has never seen together: it names both objects in ${accuracy(recognition)}, and prefers the right order in ${accuracy(order)}.`,
    follows: "Every figure of this model follows.",
    loss: "loss",
    lossCurve: "Loss curve",
    lossTitle: "Contrastive loss by training step",
    retrievalCurve: "Retrieval on the three splits",
    retrievalTitle: "Right captions (retrieval) by training step",
    table: "Accuracies on the three splits",
    testedOn: "Tested on",
    meanings: "Retrieval: the right caption is the nearest of all. Order: it beats its own swap (chance 0.50). Recognition: the nearest caption names the two objects.",
    settings: {
      seed: "Seed",
      pair_labels: "Labels in pairs",
      single_layouts: "Positions per label",
      pair_layouts: "Layouts per pair",
    } satisfies Record<NumberName, string>,
    /** What a setting means. `crate`: in the words of the crate's own table. */
    help: (_name: NumberName, crate: string): string => crate,
    bounds: (min: number, max: number): string => `${min} to ${count(max)}`,
    /** What is wrong with a field. */
    whole: (name: string, text: string, min: number, max: number): string => `${name} is “${text}”, but must be a whole number between ${min} and ${max}.`,
    engine: "Engine",
    engines: { auto: "Automatic", gpu: "GPU", cpu: "CPU" },
    engineHelp: "Automatic: the GPU where it is faster and agrees with the CPU.",
    /** Why a field does not take another value: its page's `lock`. */
    set: "Set by this page.",
    open: "Open a model or a run",
    model: "Model (safetensors)",
    run: "Run (JSON)",
    changesApply: (press: string): string => `Changes apply when you press ${press}.`,
    theseApply: (press: string): string => `These settings apply when you press ${press}.`,
    atOnce: "Changes make a new model at once.",
  },

  /** What cuts terms, and what comes of it. */
  cut: {
    terms: "Terms to change",
    answers: ["content answers", "position answers", "bias answers"],
    asks: { E: "content asks", P: "position asks", B: "bias asks" },
    values: "values",
    positionInValues: "VP: position in the values",
    strength: "Strength",
    ofTerms: (terms: Term[]): string => (terms.length === 0 ? "of the terms you press" : `of ${listed(terms)}`),
    ends: ["−1 reverses", "0 removes", "1 leaves", "2 doubles"],
    heads: "In which heads",
    allHeads: "All heads",
    undo: "Undo",
    nothingYet: "Nothing is changed yet.",
    clear: "Clear",
    nothing: "Nothing is changed.",
  },

  ablate: {
    heading: "Take a term away, without training again: what does the model still know?",
    untrained: (pressed: boolean): string => `This model is untrained, so there is nothing to lose${pressed ? ": train it first" : ""}.`,
    whole: (recognition: number, order: number, pressed: boolean): string =>
      `Nothing is ablated: on unseen pairs the model names both objects in ${accuracy(recognition)} and prefers the right order in ${accuracy(order)}.${pressed ? " Press a term, EP first." : ""}`,
    unchanged: (condition: string, order: number, recognition: number): string => `${condition}, nothing changes: order ${accuracy(order)}, recognition ${accuracy(recognition)}.`,
    atChance: (condition: string, still: boolean, recognition: number, order: number): string =>
      `${condition} the model ${still ? "still " : ""}names both objects (recognition ${accuracy(recognition)}) but picks the order at chance (${accuracy(order)}).`,
    reversed: (condition: string, still: boolean, recognition: number, order: number): string =>
      `${condition} the model ${still ? "still " : ""}names both objects (recognition ${accuracy(recognition)}) and puts them the wrong way round (order ${accuracy(order)}).`,
    ordered: (condition: string, still: boolean, recognition: number, order: number): string =>
      `${condition} the model ${still ? "still " : ""}names both objects (recognition ${accuracy(recognition)}) and gets their order right (${accuracy(order)}).`,
    changed: (condition: string, recognition: [number, number], order: [number, number]): string =>
      `${condition}, on unseen pairs, recognition goes from ${accuracy(recognition[0])} to ${accuracy(recognition[1])} and order from ${accuracy(order[0])} to ${accuracy(order[1])}.`,
    table: "Accuracies before and after, on the three splits",
    accuracy: "Accuracy",
    scale: "From 0 to 1: ○\u00a0before, ●\u00a0after, ┆\u00a0chance",
    beforeAfter: "Before → after",
    question: (terms: Term[]): string => `Before you cut: without ${terms.join(" and ")}, in how many of 100 new pairs will the order be right?`,
    guess: "Guess",
    measured: "It is measured.",
    guessed: (guess: number, terms: Term[]): string => `You guess ${percent(guess)}. Now cut ${terms.join(" and ")}.`,
    found: (guess: number | null, terms: Term[], found: number): string => `${guess === null ? "" : `You guessed ${percent(guess)}. `}Without ${terms.join(" and ")} it is ${percent(found)}.`,
  },

  gradient: {
    heading: "Nine terms make the attention logits; look for the one that slopes",
    flat: (head: number, slope: number): string => `No head prefers a side: even the steepest EP row, head ${head}’s, changes by only ${magnitude(slope)} logits per pixel.`,
    slopes: (head: number, slope: number): string => {
      const [way, end] = slope < 0 ? ["falls", "left"] : ["rises", "right"];
      return `Head ${head}’s EP row ${way} by ${magnitude(slope)} logits per pixel from left to right: whatever the objects are, it pulls the head to the one on the ${end}.`;
    },
    under: (condition: string, finding: string): string => `${condition}: ${finding.charAt(0).toLowerCase()}${finding.slice(1)}`,
    nearest: (caption: string): string => `The nearest caption is “${caption}”.`,
    shapes: ["Circle", "Square"],
    held: "Never in a training pair",
    free: "Free to be in training pairs",
    hint: "Drag an object, or focus it and press the arrow keys.",
    steepest: (head: number): string => `Head ${head}, the steepest: what CLS sees of each position (EP, logits)`,
    epRow: (head: number, slope: number): string => `EP row of head ${head}, slope ${signed(slope)} logits per pixel.`,
    together: "All nine terms together (logits)",
    logits: "The logits of the same head, the sum of its nine terms.",
    attention: "Attention, their softmax",
    attentionOn: (head: number, shares: [number | null, number | null], labels: [number, number]): string =>
      `Attention of head ${head}: ${accuracy(shares[0])} on object ${labels[0]}, ${accuracy(shares[1])} on object ${labels[1]}.`,
    caption: "Caption",
    similarity: "Similarity to the strip, −1 to 1",
    value: "Value",
    kinds: ["true", "swapped", "nearest of all"],
    isNearest: "nearest",
    everyTerm: "Every term of every head: the CLS row, in logits",
    letters: "First letter: what CLS asks with, second: what a pixel answers with.",
    sources: { E: "the token (content)", P: "the position", B: "a bias" },
    scale: "One colour scale for all heads:",
    head: (head: number): string => `Head ${head}`,
    epSlope,
    nineTerms: (head: number, slope: number): string => `Nine terms of head ${head}; ${epSlope(slope)}.`,
    asTable: "The same as a table",
    headColumn: "Head",
    termColumn: "Term",
  },

  strip: {
    object: (label: number): string => `Object ${label}, position`,
    at: (pixel: number): string => `pixel ${pixel}`,
    summary: (pixels: number, labels: [number, number], [a, b]: [number, number]): string => `A strip of ${pixels} pixels: object ${labels[0]} at pixel ${a}, object ${labels[1]} at pixel ${b}.`,
  },

  /** Pictures whose values can be read. */
  chart: {
    role: "chart",
    keys: (label: string): string => `${label} Arrow keys read the values.`,
    /** After a value. */
    spread: (least: string, most: string): string => `${least} to ${most}`,
    step: "step",
    at: (axis: string, value: string): string => `at ${axis} ${value}`,
    reading: (name: string, value: string, axis: string, at: string): string => `${name}: ${value} at ${axis} ${at}`,
    cell: (row: string, token: string, value: string): string => `${row} at ${token}: ${value}`,
    course: (name: string, from: string, start: string, to: string, end: string): string => `${name} from ${from} at ${start} to ${to} at ${end}`,
    unmeasured: (name: string): string => `${name} not yet measured`,
    summary: (heading: string, y: string, x: string, courses: string[]): string => `${heading}: ${y} by ${x}. ${courses.join("; ")}.`,
    nothing: "nothing measured yet",
    starts: "starts with the first step",
  },

  /** What can be taken home. */
  keep: {
    keep: "Keep",
    model: (seed: number, step: number): string => `seed ${seed}, step ${count(step)}`,
    shipped: ", the model that came with the page",
    from: (file: string): string => `, from ${file}`,
    saved: (name: string): string => `Saved ${name}.`,
    given: (name: string): string => `Gave ${name} to the browser. If no file came, the page around this figure forbids it: its author can add allow-downloads to the frame’s sandbox.`,
    notMade: (label: string, why: string): string => `The ${label} was not made: ${why}`,
  },

  /** The page with one figure. */
  frame: {
    title: (article: string): string => `A figure of ${article}`,
    label: (name: string): string => `A figure: ${name}`,
    wrong: (text: string, allowed: readonly string[], shown: string): string => `figure is “${text}”, but must be one of ${allowed.join(", ")}. Here is ${shown}.`,
  },
};

/** What a figure finds here; the last two in other languages only, since English comes with the figure. */
export type Words = typeof en & { follow?: FollowWords; experiments?: ExperimentWords };

/** What a language has to say. */
export type Translation = Required<Words>;
