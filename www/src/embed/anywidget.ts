/**
 * The whole library in one module that fetches nothing: for notebooks, and for bundlers that leave out what a module finds beside
 * it. Its default is a widget by anywidget's protocol (Jupyter, marimo, MyST): a model's traits set a figure up.
 */
import { quote } from "../util/text";
import type { Checkpoint } from "./api";
import { ATTRIBUTES, STRIP_ATTRIBUTES, attributeOf } from "./attributes";
import { loadInPlace } from "./load-figure";
import { NAMES, type FigureName } from "./names";
import { SETTING_NAMES } from "../run/settings";
import { VIEW_NAMES } from "../run/views";
import { tellEvents, tellViews } from "./widget-state";
import type { Model, Widget } from "./widget-api";

export * from "./library";

/** A kernel says the settings in `config`, and has traits for what is looked at (widget-state.ts). MyST, without one, says attributes alone. */
function hasKernel(model: Model): boolean {
  return model.get("config") !== undefined;
}

const SAID_OTHERWISE: readonly string[] = [...SETTING_NAMES.filter((name) => name !== "engine"), ...VIEW_NAMES];

/** The traits that are attributes of a figure. */
function attributeTraits(name: FigureName, model: Model): string[] {
  const attributes = name === "strip" ? STRIP_ATTRIBUTES : ATTRIBUTES;
  const traits = attributes.map((attribute) => attribute.replaceAll("-", "_"));
  return hasKernel(model) ? traits.filter((trait) => !SAID_OTHERWISE.includes(trait)) : traits;
}

/** A trait as an attribute's text; null where the attribute is not there. */
function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return value.length > 0 ? value.map(String).map(attributeOf).join(" ") : null;
  return typeof value === "string" || typeof value === "number" || value === true ? String(value) : null;
}

function say(element: Element, attribute: string, text: string | null): void {
  if (text === null) element.removeAttribute(attribute);
  else element.setAttribute(attribute, text);
}

/** A model of the kernel's, whose bytes come as a view of more. */
function checkpointOf(value: unknown): Checkpoint | null {
  if (typeof value !== "object" || value === null) return null;
  const { name, bytes } = value as { name: string; bytes: ArrayBufferView };
  return { name, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice() };
}

/** Has an element's attributes follow a model's traits; gives what ends that. */
function followTraits(element: Element, name: FigureName, model: Model): () => void {
  let settings: string[] = [];
  const takeConfig = () => {
    const config = Object.entries((model.get("config") ?? {}) as Record<string, unknown>).map(([setting, value]) => [attributeOf(setting), String(value)] as const);
    const named = config.map(([attribute]) => attribute);
    for (const attribute of settings) if (!named.includes(attribute)) element.removeAttribute(attribute);
    for (const [attribute, text] of config) element.setAttribute(attribute, text);
    settings = named;
  };
  const takes = attributeTraits(name, model).map((trait) => ({ event: `change:${trait}`, take: () => { say(element, attributeOf(trait), textOf(model.get(trait))); } }));
  takes.push({ event: "change:config", take: takeConfig });
  takes.push({ event: "change:model", take: () => { Object.assign(element, { checkpoint: checkpointOf(model.get("model")) }); } });
  for (const { event, take } of takes) {
    take();
    model.on(event, take);
  }
  return () => {
    for (const { event, take } of takes) model.off(event, take);
  };
}

/** Keeps plain keys from JupyterLab, whose X cuts the cell and whose arrows leave it; Shift + Enter and Ctrl + S stay its own. */
function keepKeys(element: Element): () => void {
  const keep = (event: KeyboardEvent) => {
    const chord = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
    element.toggleAttribute("data-lm-suppress-shortcuts", !chord && event.composedPath().includes(element));
  };
  // Before JupyterLab hears of it, which it does at the document.
  addEventListener("keydown", keep, { capture: true });
  return () => { removeEventListener("keydown", keep, { capture: true }); };
}

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
  const element = document.createElement(`lr-${name}`);
  const ends = [followTraits(element, name, model), keepKeys(element)];
  tellEvents(element, model);
  if (hasKernel(model)) ends.push(tellViews(element, model));
  el.append(element);
  // A notebook may render into a shadow root, as marimo does, which the library does not see.
  void loadInPlace(element);

  return () => {
    for (const end of ends) end();
    element.remove();
  };
};

export default { render } satisfies Widget;
