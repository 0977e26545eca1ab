// What a model answers of a strip, and of the strip with its two objects exchanged. One answer alone says little: a model that
// always gives the same is right every other time.
import type { CaptionScore, Config, Decomposition, HeadDecomposition, Scene } from "../engine/pkg/leftright.js";
import { UNCUT, exchange, stripOf, type Cut, type Placed, type Views } from "../run/views";
import type { Choice } from "../charts/fit-bar";
import { en } from "../words/en";
import { FLAT } from "./findings";

/** The model's numbers for what is shown. */
export interface BothWays {
  cut: Cut;
  placed: Placed;
  /** Of the strip as it stands, and with its objects exchanged. */
  strip: Decomposition;
  exchanged: Decomposition;
  /** Of the strip with nothing cut. */
  whole: Decomposition;
}

/** How the strip's own caption does beside the swapped one; `lost` where some third caption is nearer than both. */
export type Answer = "right" | "wrong" | "tie" | "lost";

export type Outcome = "right" | "same" | "wrong" | "mixed" | "lost";

/** What answers: a run. */
interface Asked {
  decompose(scene: Scene, cut: Cut): Promise<Decomposition>;
}

/** Asks a run's model for them. */
export async function bothWays(run: Asked, { cut, placed }: Views, { pixels }: Config): Promise<BothWays> {
  const ask = (placed: Placed, cut: Cut) => run.decompose({ strip: stripOf(placed, pixels) }, cut);
  const [whole, strip, exchanged] = await Promise.all([ask(placed, UNCUT), ask(placed, cut), ask(exchange(placed), cut)]);
  return { cut, placed, whole, strip, exchanged };
}

/** What an answer is read from: the strip's own caption, then the swapped one, and the nearest of all captions. */
export interface Answered {
  captions: { text: string; similarity: number }[];
  nearest: { text: string } | null;
}

/** A strip's, and its exchange's. */
export interface AnsweredTwice {
  strip: Answered;
  exchanged: Answered;
}

export function answerOf({ captions: [own, swapped], nearest }: Answered): Answer {
  if (!own || !swapped || !nearest) return "lost";
  if (nearest.text !== own.text && nearest.text !== swapped.text) return "lost";
  if (own.similarity === swapped.similarity) return "tie";
  return own.similarity > swapped.similarity ? "right" : "wrong";
}

/** Whether one of the two captions is chosen over the other, and is true; null where it is not chosen. */
export function choiceOf(answered: Answered, text: string | undefined): Choice {
  const { captions: [own, swapped] } = answered;
  const answer = answerOf(answered);
  if (answer === "right") return text === own?.text ? "right" : null;
  return answer === "wrong" && text === swapped?.text ? "wrong" : null;
}

/** Both captions, the one that names the first object first; of each, how it fits the strip and the exchanged strip. */
export function captionRows({ strip, exchanged, placed: { labels: [first] } }: BothWays): (CaptionScore | undefined)[][] {
  const naming = ({ captions }: Decomposition, firstNamed: boolean) => captions.slice(0, 2).find(({ caption }) => (caption[0] === first) === firstNamed);
  return [true, false].map((firstNamed) => [naming(strip, firstNamed), naming(exchanged, firstNamed)]);
}

export function outcomeOf({ strip, exchanged }: AnsweredTwice): Outcome {
  const [one, other] = [answerOf(strip), answerOf(exchanged)];
  if (one === "lost" || other === "lost") return "lost";
  if (one === "tie" || other === "tie") return "mixed";
  if (one !== other) return "same";
  return one === "right" ? "right" : "wrong";
}

const VERDICTS: Record<Outcome, string> = {
  right: "Right, both ways round.",
  same: "The same answer both ways round: a coin toss.",
  wrong: "Wrong, both ways round.",
  mixed: "A tie: it cannot say.",
  lost: "It does not find both objects.",
};

export function verdict(of: AnsweredTwice): string {
  return VERDICTS[outcomeOf(of)];
}

export function steepest({ heads, strongest }: Decomposition): HeadDecomposition | undefined {
  return heads[strongest];
}

/** The EP row of the steepest head, at the pixels. */
export function epOf(decomposition: Decomposition): number[] {
  return steepest(decomposition)?.terms.find(({ term }) => term === "EP")?.row.slice(1) ?? [];
}

/** What was done to EP in every head, and nothing else: what the hero's buttons do. */
export function strengthOf({ terms, strength, heads }: Cut): number | null {
  if (terms.length === 0) return 1;
  return terms.length === 1 && terms[0] === "EP" && heads === null ? strength : null;
}

/** What has happened and, where there are buttons, what to try next. */
export function story(of: BothWays, trained: boolean, pressed: boolean): string {
  const { strip } = of;
  if (!trained) return "This model has learned nothing yet, so its answers are accidents. Train it further down, and look again.";
  return pressed ? `${happened(of)} ${next(of, Math.abs(steepest(strip)?.slope ?? 0) < FLAT)}` : happened(of);
}

function happened(of: BothWays): string {
  const { cut, placed: { labels }, strip } = of;
  const [a, b] = labels;
  if (cut.terms.length === 0) {
    const slope = steepest(strip)?.slope ?? 0;
    if (Math.abs(slope) < FLAT) return "In this model the line is level: something else must tell left from right, or nothing does.";
    const side = slope < 0 ? "left" : "right";
    if (outcomeOf(of) !== "right") return `The line is higher on the ${side}.`;
    return `The line is higher on the ${side}, so this head looks at whichever object stands further ${side}.`;
  }
  const said = `${en.condition(cut)} `;
  switch (outcomeOf(of)) {
    case "right": return `${said}the model still tells ${a} on the left from ${a} on the right.`;
    case "same": return `${said}the model still finds ${a} and ${b}, and says the same when they change places: right once, wrong once.`;
    case "wrong": return `${said}the model still finds ${a} and ${b}, and says that each is where the other is.`;
    case "mixed": return `${said}two captions fit equally well.`;
    case "lost": return `${said}the caption that fits best names other objects: with nothing found, there is nothing to order.`;
  }
}

function next({ cut, placed: { labels: [a, b] } }: BothWays, level: boolean): string {
  const strength = strengthOf(cut);
  if (strength === 1) return level ? `Drag ${a} past ${b}.` : "Take it away: what can the model still say?";
  if (strength === 0) return "Now reverse it.";
  if (strength === -1) return `Put it back, or drag ${a} past ${b}.`;
  return "Put it back to see what it does alone.";
}
