// The figures beyond the first, which are loaded when they are wanted, and how a host's page loads them.
import { EXPERIMENTS } from "../experiments/table";
import { loadScript } from "../util/load-script";

/** What loads and defines an element, by its tag. */
export const LOADERS: Record<string, () => Promise<unknown>> = {
  "lr-follow": () => loadScript(() => import("./lr-follow")),
  "lr-surgery": () => loadScript(() => import("./lr-surgery")),
  ...Object.fromEntries(
    EXPERIMENTS.map(({ name }) => [
      `lr-${name}`,
      async () => { (await loadScript(() => import("../experiments/define"))).defineExperiment(name); },
    ]),
  ),
};

/** Defines the element of a figure: for one that stands in a shadow root, which `loadFiguresAsTheyCome` does not see. */
export async function loadFigure(name: string): Promise<void> {
  await LOADERS[name]?.();
}

/** Loads a figure of a host's page; where its script cannot be had, the figure says so in its place, with a way to try again. */
async function load(figure: Element): Promise<void> {
  try {
    await loadFigure(figure.localName);
  } catch {
    if (customElements.get(figure.localName)) return;
    const root = figure.shadowRoot ?? figure.attachShadow({ mode: "open" });
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    const button = document.createElement("button");
    button.textContent = "Try again";
    button.addEventListener("click", () => void load(figure));
    line.append("This figure could not be loaded. ", button);
    root.replaceChildren(line);
  }
}

/** In a host's page: when the page first has one, now or later. */
export function loadFiguresAsTheyCome(): void {
  const undefinedOnes = `:is(${Object.keys(LOADERS).join()}):not(:defined)`;
  const loadWithin = (within: ParentNode) => {
    for (const figure of within.querySelectorAll(undefinedOnes)) void load(figure);
  };
  loadWithin(document);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        if (node.localName in LOADERS) void load(node);
        loadWithin(node);
      }
    }
  }).observe(document, { childList: true, subtree: true });
}
