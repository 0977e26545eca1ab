/**
 * The whole library in one module that fetches nothing: for notebooks, and for bundlers that leave out what a module finds beside
 * it. Its default is a widget by anywidget's protocol (Jupyter, marimo, MyST): a model's traits set the figure up, and hear of it.
 */
import { ATTRIBUTES, STRIP_ATTRIBUTES } from "./attributes";
import { loadInPlace } from "./load-figure";
import { quote } from "../util/text";
import { NAMES } from "./names";
import type { Widget } from "./widget-api";

export * from "./library";

/** Traits that are attributes of the figure. `step` is none: it tells the kernel how far the model is. */
const TRAITS = [...new Set([...ATTRIBUTES, ...STRIP_ATTRIBUTES])].map((name) => name.replaceAll("-", "_")).filter((trait) => trait !== "step");

const render: Widget["render"] = ({ model, el }) => {
  const asked = model.get("figure") ?? "ablate";
  const name = NAMES.find((known) => known === asked);
  if (!name) {
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    line.textContent = `figure is “${quote(typeof asked === "string" ? asked : JSON.stringify(asked))}”, but must be one of ${NAMES.join(", ")}.`;
    el.replaceChildren(line);
    return () => undefined;
  }
  const figure = document.createElement(`lr-${name}`);
  const take = (trait: string) => () => {
    const value = model.get(trait);
    const attribute = trait.replaceAll("_", "-");
    if (typeof value === "string" || typeof value === "number" || value === true) figure.setAttribute(attribute, String(value));
    else figure.removeAttribute(attribute);
  };
  const watched = TRAITS.map((trait) => ({ event: `change:${trait}`, callback: take(trait) }));
  for (const { event, callback } of watched) {
    callback();
    model.on(event, callback);
  }

  // A notebook's kernel hears of what can be computed with, and of a training's end rather than of its every step.
  let told = "";
  figure.addEventListener("lr-change", (event) => {
    const { phase, step, accuracies } = event.detail;
    const state = JSON.stringify([phase, accuracies]);
    if (phase === "training" || state === told) return;
    told = state;
    model.set("step", step);
    model.set("accuracies", accuracies);
    model.save_changes();
  });
  el.append(figure);
  // A notebook may render into a shadow root, as marimo does, which the library does not see.
  void loadInPlace(figure);

  return () => {
    for (const { event, callback } of watched) model.off(event, callback);
    figure.remove();
  };
};

export default { render } satisfies Widget;
