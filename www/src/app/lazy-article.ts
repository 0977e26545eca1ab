// What is further down the article is loaded when it is wanted, so that the first figures start at once.
import { LOADERS } from "../figures/loaders";

/** What the article has beside its figures. */
const LATER: typeof LOADERS = { ...LOADERS, "lr-guess": () => import("./lr-guess"), "lr-lab": () => import("../lab/lr-lab") };

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
