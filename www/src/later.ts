// Figures beyond the first are loaded when they are wanted, so that the first ones start at once.

const FIGURES: Record<string, () => Promise<unknown>> = {
  "lr-diversity": () => import("./figures/lr-diversity"),
  "lr-slope": () => import("./figures/lr-slope"),
  "lr-text": () => import("./figures/lr-text"),
  "lr-alignment": () => import("./figures/lr-alignment"),
  "lr-captions": () => import("./figures/lr-captions"),
  "lr-grid": () => import("./figures/lr-grid"),
  "lr-three": () => import("./figures/lr-three"),
  "lr-norm-mlp": () => import("./figures/lr-norm-mlp"),
  "lr-autoregressive": () => import("./figures/lr-autoregressive"),
  "lr-reversal": () => import("./figures/lr-reversal"),
  "lr-surgery": () => import("./figures/lr-surgery"),
  "lr-phase": () => import("./figures/lr-phase"),
  "lr-birth": () => import("./figures/lr-birth"),
};

/** What the article has beside its figures. */
const LATER: typeof FIGURES = { ...FIGURES, "lr-guess": () => import("./article/lr-guess") };

/** In the article: when the reader comes near. */
export function loadFiguresInSight(): void {
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        sight.unobserve(target);
        void LATER[target.localName]?.();
      }
    },
    { rootMargin: "1200px" },
  );
  for (const element of document.querySelectorAll(Object.keys(LATER).join())) sight.observe(element);
}

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
