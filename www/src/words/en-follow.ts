// What lr-follow says in English: a part of the table in `en.ts`, in a file of its own because the article loads it with that figure.
import { en, type Words } from "./en";

const { listed, numbers: { accuracy, percent, signed } } = en;

/** "heads 0 and 2 read" */
const theseHeads = (heads: number[], verb: string): string => `${heads.length === 1 ? "head" : "heads"} ${listed(heads)} ${heads.length === 1 ? `${verb}s` : verb}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const english = {
  heading: "From pixels to an answer, a step at a time",
  writes: "This model writes its captions, and has no captions to choose between.",
  steps: "Steps",
  back: "Back",
  next: "Next",
  first: "This is the first step.",
  last: "This is the last step.",
  cut: (condition: string): string => `${condition}, as you have set it.`,
  putBack: "Put it back",
  tokens: {
    title: "Tokens",
    say: (tokens: number, [a, b]: [number, number]): string =>
      `The strip becomes ${tokens} tokens: one for each pixel, and CLS, which will read them. Each token is the sum of two learned vectors: its content (${a}, ${b} or nothing) and its position.`,
    content: "Content",
    position: "position",
    token: (content: string, position: number): string => `content ${content} at position ${position}`,
    label: (tokens: string[]): string => `Tokens: ${tokens.join(", ")}.`,
  },
  logits: {
    title: "Query and key",
    say: (heads: number, head: number, [a, b]: [number, number], [onA, onB]: [number, number]): string =>
      `CLS sends out a query: what it looks for. Every token holds up a key: what it offers. Their product is the token’s logit; the higher it is, the more CLS will take from there. There are ${heads} heads, each with queries and keys of its own. In head ${head}, ${a} has a logit of ${signed(onA, 1)} and ${b} one of ${signed(onB, 1)}.`,
    map: (heads: number): string => `The logit of each token, in heads 0 to ${heads - 1}`,
    label: "Logits of each head.",
  },
  terms: {
    title: "Nine terms",
    say: (head: number, [a, b]: [number, number], ee: [number, number], ep: [number, number]): string =>
      `Query and key are sums of three parts, content E, position P and a bias B; multiplied out, a logit is a sum of nine terms. In head ${head}, ${a} gets ${signed(ee[0], 1)} from EE for what it is, and ${signed(ep[0], 1)} from EP for where it stands; ${b} gets ${signed(ee[1], 1)} and ${signed(ep[1], 1)}.`,
    map: (head: number): string => `The nine terms of head ${head}, and their sum`,
    label: (head: number): string => `Nine terms of head ${head}, and their sum.`,
    sum: "sum",
  },
  softmax: {
    title: "Softmax",
    say: (head: number, [a, b]: [number, number], [onA, onB]: [number, number]): string =>
      `A softmax turns the logits of a head into shares of attention that add up to 100 %; a lead of one logit makes a share 2.7 times as large. Head ${head} gives ${percent(onA)} to ${a} and ${percent(onB)} to ${b}.`,
    logits: (head: number): string => `The logits of head ${head}`,
    logitsLabel: "Logits",
    attention: "Their softmax: its attention",
    attentionLabel: "Attention",
  },
  reading: {
    title: "Reading",
    /** `read`: what each head reads, in sentences. */
    say: (read: string): string => `From each token a head takes a third vector, its value, in the measure of its attention. ${read}`,
    alone: (heads: number[], label: number): string => `${capital(theseHeads(heads, "point"))} at ${label} alone.`,
    both: (heads: number[], [a, b]: [number, number]): string => `${capital(theseHeads(heads, "read"))} ${a} and ${b}, which says who is there but not who is on the left.`,
    neither: (heads: number[]): string => `${capital(theseHeads(heads, "read"))} neither.`,
    pictureTitle: "What each head reads:",
    head: (head: number): string => `head ${head}`,
  },
  captions: {
    title: "Two captions",
    /** `answer`: which of them is nearer, in a sentence. */
    say: (answer: string): string =>
      `What the heads have read makes one vector for the strip. The text tower makes one for each caption in the same way, and the nearest is the answer. ${answer}`,
    lost: (caption: string): string => `The caption that comes nearest is “${caption}”, which names other objects.`,
    tie: "The two captions come equally near.",
    nearer: (near: string, onNear: number, far: string, onFar: number, right: boolean): string =>
      `“${near}” comes nearer (${accuracy(onNear)}) than “${far}” (${accuracy(onFar)}): the model is ${right ? "right" : "wrong"}.`,
    near: "How near each caption is to the strip",
    isTrue: "(true)",
  },
  swapped: {
    title: "Swapped",
    /** `difference`: what that changes, in sentences. */
    say: ([a, b]: [number, number], difference: string): string => `Now ${a} and ${b} change places. ${difference}`,
    answers: {
      right: "It is right both times.",
      same: "It gives both the same answer.",
      wrong: "It is wrong both times.",
      mixed: "It cannot say.",
      lost: "It does not find both objects.",
    },
    alike: "Every head reads what it read before, so the two strips look alike to the model.",
    reads: { alone: (label: number): string => `${label} alone`, both: "both", neither: "neither" },
    turned: (head: number, before: string, now: string): string => `head ${head} read ${before} and now reads ${now}`,
    differs: (changes: string[], others: boolean): string => `What differs: ${changes.join("; ")}${others ? ", and the other heads read as before" : ""}.`,
    strip: "This strip",
    /** After “EP”. */
    ofHead: (head: number): string => `of head ${head}, the same over both strips`,
    ep: (head: number): string => `EP of head ${head}`,
    reading: "Each head reads",
    near: "How near each caption is",
  },
};

export type FollowWords = typeof english;

/** What the figure says in the language of `words`. */
export function followWords({ follow }: Words): FollowWords {
  return follow ?? english;
}
