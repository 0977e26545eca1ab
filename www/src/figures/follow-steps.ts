// One strip on its way through the model, in steps: what each does, in sentences that its numbers complete. They stay true whatever
// the model, the strip and the cut.
import type { Decomposition, HeadDecomposition, Term } from "../engine/pkg/leftright.js";
import { exchange, type Placed } from "../run/views";
import { accuracy, percent, signed } from "../util/format";
import { answerOf, outcomeOf, steepest, type BothWays } from "./both-ways";
import { listed } from "./findings";

/** Attention that a head must give to what it reads, and how many times as much as to the other object where it reads one alone. */
const READS = 0.15;
const ALONE = 3;

/** What a head reads: one object's label, both, or neither. */
type Reading = number | "both" | "neither";

export interface Step {
  title: string;
  say: (of: BothWays) => string;
}

/** The attention of a head on each of the two objects. */
export function sharesOf({ attention }: HeadDecomposition, { positions: [a, b] }: Placed): [number, number] {
  return [attention[a + 1] ?? 0, attention[b + 1] ?? 0];
}

function readings({ heads }: Decomposition, placed: Placed): Reading[] {
  const [a, b] = placed.labels;
  return heads.map((head) => {
    const [onA, onB] = sharesOf(head, placed);
    if (Math.max(onA, onB) < READS) return "neither";
    if (onA > ALONE * onB) return a;
    return onB > ALONE * onA ? b : "both";
  });
}

function named(heads: number[], verb: string): string {
  return `${heads.length === 1 ? "head" : "heads"} ${listed(heads)} ${heads.length === 1 ? `${verb}s` : verb}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The heads that read each thing, in words. */
function whoReads(all: Reading[], [a, b]: [number, number]): string {
  const who = (reading: Reading) => all.flatMap((one, head) => (one === reading ? [head] : []));
  const [onA, onB, both, neither] = [who(a), who(b), who("both"), who("neither")];
  const alone = [[onA, a], [onB, b]] as const;
  return [
    ...alone.flatMap(([heads, label]) => (heads.length > 0 ? [sentence(`${named(heads, "point")} at ${label} alone`)] : [])),
    ...(both.length > 0 ? [sentence(`${named(both, "read")} ${a} and ${b}, which says who is there but not who is on the left`)] : []),
    ...(neither.length > 0 ? [sentence(`${named(neither, "read")} neither`)] : []),
  ].join(" ");
}

/** A term or the whole logit of the steepest head, at an object. */
function at(of: BothWays, object: 0 | 1, term: Term | null): string {
  const head = steepest(of.strip);
  const row = term === null ? head?.logits : head?.terms.find((one) => one.term === term)?.row;
  return signed(row?.[of.placed.positions[object] + 1] ?? 0, 1);
}

function captionsOf({ strip }: BothWays): string {
  const [own, swapped] = strip.captions;
  const answer = answerOf(strip);
  if (!own || !swapped || answer === "lost") return `The caption that comes nearest is “${strip.nearest?.text ?? ""}”, which names other objects.`;
  if (answer === "tie") return "The two captions come equally near.";
  const [near, far] = answer === "right" ? [own, swapped] : [swapped, own];
  return `“${near.text}” comes nearer (${accuracy(near.similarity)}) than “${far.text}” (${accuracy(far.similarity)}): the model is ${answer}.`;
}

function difference(of: BothWays): string {
  const { placed, strip, exchanged } = of;
  const [before, after] = [readings(strip, placed), readings(exchanged, exchange(placed))];
  const turned = before.flatMap((reading, head) => (reading === after[head] ? [] : [head]));
  const answers = { right: "It is right both times", same: "It gives both the same answer", wrong: "It is wrong both times", mixed: "It cannot say", lost: "It does not find both objects" }[outcomeOf(of)];
  if (turned.length === 0) return `Every head reads what it read before, so the two strips look alike to the model. ${answers}.`;
  const said = (reading: Reading | undefined) => (typeof reading === "number" ? `${reading} alone` : (reading ?? ""));
  const changes = turned.map((head) => `head ${head} read ${said(before[head])} and now reads ${said(after[head])}`);
  const rest = turned.length === before.length ? "" : ", and the other heads read as before";
  return `What differs: ${changes.join("; ")}${rest}. ${answers}.`;
}

export const STEPS: Step[] = [
  {
    title: "Tokens",
    say: ({ strip: { tokens }, placed: { labels: [a, b] } }) =>
      `The strip becomes ${tokens.length} tokens: one for each pixel, and CLS, which will read them. Each token is the sum of two learned vectors: its content (${a}, ${b} or nothing) and its position.`,
  },
  {
    title: "Query and key",
    say: (of) =>
      `CLS sends out a query: what it looks for. Every token holds up a key: what it offers. Their product is the token’s logit; the higher it is, the more CLS will take from there. There are ${of.strip.heads.length} heads, each with queries and keys of its own. In head ${of.strip.strongest}, ${of.placed.labels[0]} has a logit of ${at(of, 0, null)} and ${of.placed.labels[1]} one of ${at(of, 1, null)}.`,
  },
  {
    title: "Nine terms",
    say: (of) =>
      `Query and key are sums of three parts, content E, position P and a bias B; multiplied out, a logit is a sum of nine terms. In head ${of.strip.strongest}, ${of.placed.labels[0]} gets ${at(of, 0, "EE")} from EE for what it is, and ${at(of, 0, "EP")} from EP for where it stands; ${of.placed.labels[1]} gets ${at(of, 1, "EE")} and ${at(of, 1, "EP")}.`,
  },
  {
    title: "Softmax",
    say: ({ strip, placed }) => {
      const head = steepest(strip);
      const [onA, onB] = head ? sharesOf(head, placed) : [0, 0];
      return `A softmax turns the logits of a head into shares of attention that add up to 100 %; a lead of one logit makes a share 2.7 times as large. Head ${strip.strongest} gives ${percent(onA)} to ${placed.labels[0]} and ${percent(onB)} to ${placed.labels[1]}.`;
    },
  },
  {
    title: "Reading",
    say: ({ strip, placed }) =>
      `From each token a head takes a third vector, its value, in the measure of its attention. ${whoReads(readings(strip, placed), placed.labels)}`,
  },
  {
    title: "Two captions",
    say: (of) => `What the heads have read makes one vector for the strip. The text tower makes one for each caption in the same way, and the nearest is the answer. ${captionsOf(of)}`,
  },
  { title: "Swapped", say: (of) => `Now ${of.placed.labels[0]} and ${of.placed.labels[1]} change places. ${difference(of)}` },
];
