// The shipped model's past, as `leftright history` wrote it (cli/src/history.rs): not the models, which are too large, but what the
// cockpit shows of them on the usual strip and its swap, with EP as it is, removed and reversed.
import historyUrl from "../run/paper-history.json?url";
import { fetched, load } from "../engine/load";
import type { Evaluation } from "../engine/pkg/leftright.js";
import type { Past } from "../run/run-state";
import { samePlaced, exchange, USUAL, type Cut, type Placed } from "../run/views";
import { Lazy } from "../util/lazy";
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
export const HISTORY_STEPS = Array.from({ length: 41 }, (_, i) => 25 * i);

const history = new Lazy(() => load("The trained model’s past", async () => (await (await fetched(historyUrl)).json()) as History));

/** A moment of the shipped model's past. */
export class ShippedPast implements Past {
  constructor(
    private readonly strengths: number[],
    private readonly moment: Moment,
  ) {}

  get evaluation(): Evaluation {
    return this.moment.evaluation;
  }

  /** Which of the recorded strengths of EP is shown; the whole model where the reader has cut something else. */
  private strengthOf(cut: Cut): number {
    const recorded = cut.terms.join() === "EP" && cut.heads === null ? this.strengths.indexOf(cut.strength) : -1;
    return Math.max(0, recorded);
  }

  /** The cut of what is shown. */
  shownCut(cut: Cut): Cut {
    return this.strengthOf(cut) === 0 ? { ...cut, terms: [], heads: null } : cut;
  }

  /** The strip that is shown, which is one of the two that are recorded. */
  shownStrip(placed: Placed): Placed {
    const swap = exchange(USUAL.placed);
    return samePlaced(placed, swap) ? swap : USUAL.placed;
  }

  scores(cut: Cut): Scores | undefined {
    return this.moment.unseen[this.strengthOf(cut)];
  }

  /** The strip that is shown and its swap. */
  sights(placed: Placed, cut: Cut): [Sight, Sight] | null {
    const [usual, swap] = this.moment.views.map((views) => views[this.strengthOf(cut)]);
    if (!usual || !swap) return null;
    return samePlaced(this.shownStrip(placed), USUAL.placed) ? [usual, swap] : [swap, usual];
  }
}

/** The shipped model as it was at a step; null where nothing is recorded of it. */
export async function pastAt(step: number): Promise<ShippedPast | null> {
  const { strengths, moments } = await history.get();
  const moment = moments.find(({ evaluation }) => evaluation.step === step);
  return moment ? new ShippedPast(strengths, moment) : null;
}
