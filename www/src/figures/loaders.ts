// The figures beyond the first, which are loaded when they are wanted, and how a host's page loads them.
import { EXPERIMENTS } from "../experiments/table";

/** What loads and defines an element, by its tag. */
export const LOADERS: Record<string, () => Promise<unknown>> = {
  "lr-surgery": () => import("./lr-surgery"),
  ...Object.fromEntries(
    EXPERIMENTS.map(({ name }) => [
      `lr-${name}`,
      async () => { (await import("../experiments/define")).defineExperiment(name); },
    ]),
  ),
};

/** Defines the element of a figure: for one that stands in a shadow root, which `loadFiguresAsTheyCome` does not see. */
export async function loadFigure(name: string): Promise<void> {
  await LOADERS[name]?.();
}

/** In a host's page: when the page first has one, now or later. */
export function loadFiguresAsTheyCome(): void {
  const undefinedOnes = `:is(${Object.keys(LOADERS).join()}):not(:defined)`;
  const load = (within: ParentNode) => {
    for (const { localName } of within.querySelectorAll(undefinedOnes)) void loadFigure(localName);
  };
  load(document);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        void loadFigure(node.localName);
        load(node);
      }
    }
  }).observe(document, { childList: true, subtree: true });
}
