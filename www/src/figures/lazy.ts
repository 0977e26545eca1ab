// The figures beyond the first, which are loaded when they are wanted, and how a host's page loads them.

export const FIGURES: Record<string, () => Promise<unknown>> = {
  "lr-diversity": () => import("./lr-diversity"),
  "lr-slope": () => import("./lr-slope"),
  "lr-text": () => import("./lr-text"),
  "lr-alignment": () => import("./lr-alignment"),
  "lr-captions": () => import("./lr-captions"),
  "lr-grid": () => import("./lr-grid"),
  "lr-three": () => import("./lr-three"),
  "lr-norm-mlp": () => import("./lr-norm-mlp"),
  "lr-autoregressive": () => import("./lr-autoregressive"),
  "lr-reversal": () => import("./lr-reversal"),
  "lr-surgery": () => import("./lr-surgery"),
  "lr-phase": () => import("./lr-phase"),
  "lr-birth": () => import("./lr-birth"),
};

/** Defines the element of a figure: for one that stands in a shadow root, which `loadFiguresAsTheyCome` does not see. */
export async function loadFigure(name: string): Promise<void> {
  await FIGURES[name]?.();
}

/** In a host's page: when the page first has one, now or later. */
export function loadFiguresAsTheyCome(): void {
  const undefinedOnes = `:is(${Object.keys(FIGURES).join()}):not(:defined)`;
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
