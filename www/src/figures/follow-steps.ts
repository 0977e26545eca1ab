// One strip on its way through the model, in steps: what each does, in sentences that its numbers complete. They stay true whatever
// the model, the strip and the cut.
import type { Decomposition, HeadDecomposition, Term } from "../engine/pkg/leftright.js";
import { exchange, type Placed } from "../run/views";
import type { FollowWords } from "../words/en-follow";
import { answerOf, outcomeOf, steepest, type BothWays } from "./both-ways";

/** Attention that a head must give to what it reads, and how many times as much as to the other object where it reads one alone. */
const READS = 0.15;
const ALONE = 3;

/** What a head reads: one object's label, both, or neither. */
type Reading = number | "both" | "neither";

interface Step {
  name: "tokens" | "logits" | "terms" | "softmax" | "reading" | "captions" | "swapped";
  say: (of: BothWays, words: FollowWords) => string;
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

/** The heads that read each thing, in words. */
function whoReads(all: Reading[], labels: [number, number], { reading: words }: FollowWords): string {
  const who = (reading: Reading) => all.flatMap((one, head) => (one === reading ? [head] : []));
  const [both, neither] = [who("both"), who("neither")];
  return [
    ...labels.flatMap((label) => (who(label).length > 0 ? [words.alone(who(label), label)] : [])),
    ...(both.length > 0 ? [words.both(both, labels)] : []),
    ...(neither.length > 0 ? [words.neither(neither)] : []),
  ].join(" ");
}

/** A term or the whole logit of the steepest head, at each object. */
function at({ strip, placed: { positions: [a, b] } }: BothWays, term: Term | null): [number, number] {
  const head = steepest(strip);
  const row = term === null ? head?.logits : head?.terms.find((one) => one.term === term)?.row;
  return [row?.[a + 1] ?? 0, row?.[b + 1] ?? 0];
}

function captionsOf({ strip }: BothWays, { captions: words }: FollowWords): string {
  const [own, swapped] = strip.captions;
  const answer = answerOf(strip);
  if (!own || !swapped || answer === "lost") return words.lost(strip.nearest?.text ?? "");
  if (answer === "tie") return words.tie;
  const [near, far] = answer === "right" ? [own, swapped] : [swapped, own];
  return words.nearer(near.text, near.similarity, far.text, far.similarity, answer === "right");
}

function difference(of: BothWays, { swapped: words }: FollowWords): string {
  const { placed, strip, exchanged } = of;
  const [before, after] = [readings(strip, placed), readings(exchanged, exchange(placed))];
  const turned = before.flatMap((reading, head) => (reading === after[head] ? [] : [head]));
  const answers = words.answers[outcomeOf(of)];
  if (turned.length === 0) return `${words.alike} ${answers}`;
  const said = (reading: Reading | undefined) => (typeof reading === "number" ? words.reads.alone(reading) : reading ? words.reads[reading] : "");
  const changes = turned.map((head) => words.turned(head, said(before[head]), said(after[head])));
  return `${words.differs(changes, turned.length < before.length)} ${answers}`;
}

export const STEPS: Step[] = [
  { name: "tokens", say: ({ strip: { tokens }, placed: { labels } }, words) => words.tokens.say(tokens.length, labels) },
  { name: "logits", say: (of, words) => words.logits.say(of.strip.heads.length, of.strip.strongest, of.placed.labels, at(of, null)) },
  { name: "terms", say: (of, words) => words.terms.say(of.strip.strongest, of.placed.labels, at(of, "EE"), at(of, "EP")) },
  {
    name: "softmax",
    say: ({ strip, placed }, words) => {
      const head = steepest(strip);
      return words.softmax.say(strip.strongest, placed.labels, head ? sharesOf(head, placed) : [0, 0]);
    },
  },
  { name: "reading", say: ({ strip, placed }, words) => words.reading.say(whoReads(readings(strip, placed), placed.labels, words)) },
  { name: "captions", say: (of, words) => words.captions.say(captionsOf(of, words)) },
  { name: "swapped", say: (of, words) => words.swapped.say(of.placed.labels, difference(of, words)) },
];
