// Figures further down are loaded when the reader comes near, so that the first ones start at once.

const LATER: Record<string, () => Promise<unknown>> = {
  "lr-guess": () => import("./article/lr-guess"),
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
  "lr-lab": () => import("./lab/lr-lab"),
};

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
