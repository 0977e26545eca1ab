// The shipped model's past, as cli/examples/history.rs wrote it: not the models, which are too large, but what the
// cockpit shows of them on the usual strip and its swap, with EP as it is, removed and reversed.
import historyUrl from "../run/paper-history.json?url";
import { fetched, load } from "../engine/load";
import type { Evaluation } from "../engine/pkg/leftright.js";
import { keepRecord } from "../run/moments";
import type { Past } from "../run/run-state";
import { USUAL, exchange, samePlaced, stripOf, type Cut, type Placed } from "../run/views";
import { Lazy } from "../util/lazy";
import { same } from "../util/same";
import type { Scores, Sight } from "./sight";

/** What was seen at a step: `unseen[strength]`, and `views[strip][strength]`. */
interface Moment {
  evaluation: Evaluation;
  unseen: Scores[];
  views: Sight[][];
}

interface History {
  strips: number[][];
  strengths: number[];
  moments: Moment[];
}

/** The steps of its moments. They are known before the file is fetched, so that the time line stands where it will. */
const STEPS = Array.from({ length: 41 }, (_, i) => 25 * i);
/** The strips of its views, and the first of its strengths of EP, which is the whole model. */
const STRIPS = [USUAL.placed, exchange(USUAL.placed)];
const WHOLE = 1;

const history = new Lazy(() => load("The trained model’s past", async () => checked((await (await fetched(historyUrl)).json()) as History)));

/** The record, if it is of what the cockpit takes it for. */
function checked(history: History): History {
  const { strips, strengths, moments } = history;
  const whole = ({ unseen, views }: Moment) => unseen.length === strengths.length && views.length === STRIPS.length && views.every((of) => of.length === strengths.length);
  if (
    strengths[0] !== WHOLE ||
    !same(strips, STRIPS.map((placed, i) => stripOf(placed, strips[i]?.length ?? 0))) ||
    !same(moments.map(({ evaluation }) => evaluation.step), STEPS) ||
    !moments.every(whole)
  ) throw new Error("the record is not of this page’s version");
  return history;
}

/** A moment of the shipped model's past. */
export class ShippedPast implements Past {
  constructor(
    private readonly strengths: number[],
    private readonly moment: Moment,
  ) {}

  get evaluation(): Evaluation {
    return this.moment.evaluation;
  }

  /** Whether it was recorded under a cut. */
  has({ terms, strength, heads }: Cut): boolean {
    return terms.length === 0 || (terms.join() === "EP" && heads === null && this.strengths.includes(strength));
  }

  /** The cut of what is shown: the whole model, where the reader has cut something that is not recorded. */
  shownCut(cut: Cut): Cut {
    return this.has(cut) ? cut : { ...cut, terms: [], heads: null };
  }

  private strengthOf(cut: Cut): number {
    const { terms, strength } = this.shownCut(cut);
    return this.strengths.indexOf(terms.length === 0 ? WHOLE : strength);
  }

  /** The strip that is shown, which is one of the two that are recorded. */
  shownStrip(placed: Placed): Placed {
    const swap = exchange(USUAL.placed);
    return samePlaced(placed, swap) ? swap : USUAL.placed;
  }

  scores(cut: Cut): Scores {
    return recorded(this.moment.unseen[this.strengthOf(cut)]);
  }

  /** The strip that is shown and its swap. */
  sights(placed: Placed, cut: Cut): [Sight, Sight] {
    const of = (strip: Placed) => recorded(this.moment.views[STRIPS.findIndex((one) => samePlaced(one, strip))]?.[this.strengthOf(cut)]);
    const strip = this.shownStrip(placed);
    return [of(strip), of(exchange(strip))];
  }
}

function recorded<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the record was checked as it came");
  return value;
}

keepRecord({
  steps: STEPS,
  at: async (step) => {
    const { strengths, moments } = await history.get();
    return new ShippedPast(strengths, recorded(moments[STEPS.indexOf(step)]));
  },
});
