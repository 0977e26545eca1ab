// What a widget's kernel hears of its figure, and how the two agree on what is looked at: the cut, the strip, the step.
import { USUAL, isUncut, samePlaced, type Views } from "../run/views";
import { same } from "../util/same";
import type { ChangeDetail, FigureElement, MoveDetail } from "./api";
import type { Model } from "./widget-api";

/** A figure once it is defined, with what it shows. */
type Shown = Partial<Pick<FigureElement, "look">> & { run?: { views: Views } };

/** Events that are told as they are, each by the name of its trait. */
const EVENTS = { "lr-ablate": "ablation", "lr-guess": "guess", "lr-result": "result" } as const;

/** The traits of what is looked at. */
const VIEW_TRAITS = ["ablated", "strength", "heads", "labels", "positions", "snapshot"];

/** What this side is telling: of that it does not hear as of something new. */
const telling = new WeakSet<Model>();

function tell(model: Model, state: Record<string, unknown>): void {
  const news = Object.entries(state).filter(([trait, value]) => !same(model.get(trait) ?? null, value));
  if (news.length === 0) return;
  telling.add(model);
  for (const [trait, value] of news) model.set(trait, value);
  telling.delete(model);
  model.save_changes();
}

export function tellEvents(element: HTMLElement, model: Model): void {
  for (const [event, trait] of Object.entries(EVENTS)) element.addEventListener(event, (told) => { tell(model, { [trait]: (told as CustomEvent<unknown>).detail }); });
  element.addEventListener("lr-move", ({ target, detail }: CustomEvent<MoveDetail>) => { if (target === element) tell(model, { positions: detail.positions }); });
}

/** What the model's traits say is looked at. */
function viewsOf(model: Model): Views {
  return {
    cut: { terms: model.get("ablated"), strength: model.get("strength"), heads: model.get("heads") ?? null },
    placed: { labels: model.get("labels"), positions: model.get("positions") },
    step: model.get("snapshot") ?? null,
  } as Views;
}

/** A change of a figure's run in traits. A kernel hears of a training's end rather than of its every step. */
function stateOf({ phase, step, settings, accuracies, loss, kept, error, views: { cut, placed, step: snapshot } }: ChangeDetail) {
  const seen = { ablated: cut.terms, strength: cut.strength, heads: cut.heads, ...placed, phase, error };
  return phase === "training" ? seen : { ...seen, snapshots: kept, snapshot, step, loss, accuracies, settings };
}

/** Has a figure's run and a model's traits say the same, whichever of them changes; gives what ends that. */
export function tellViews(element: HTMLElement, model: Model): () => void {
  const figure = element as Shown;
  let followed: Shown["run"];
  element.addEventListener("lr-change", ({ detail }: CustomEvent<ChangeDetail>) => {
    if (figure.run && figure.run !== followed) {
      followed = figure.run;
      // A run that others show keeps what it looks at, where this widget asks for nothing unusual.
      const { cut, placed } = viewsOf(model);
      const asked = { ...(isUncut(cut) ? {} : { cut }), ...(samePlaced(placed, USUAL.placed) ? {} : { placed }) };
      if (!same({ ...followed.views, ...asked }, followed.views)) {
        figure.look?.(asked); // tells of itself
        return;
      }
    }
    tell(model, stateOf(detail));
  });
  const follow = () => {
    if (!followed || telling.has(model)) return;
    const [wanted, { views }] = [viewsOf(model), followed];
    const changed = Object.entries(wanted).filter(([name, value]) => !same(value, views[name as keyof Views]));
    if (changed.length > 0) figure.look?.(Object.fromEntries(changed));
  };
  for (const trait of VIEW_TRAITS) model.on(`change:${trait}`, follow);
  return () => {
    for (const trait of VIEW_TRAITS) model.off(`change:${trait}`, follow);
  };
}
