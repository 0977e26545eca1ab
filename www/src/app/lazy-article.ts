// What is further down the article is loaded when it is wanted, so that the first figures start at once.
import { LOADERS } from "../figures/loaders";
import { loadScript } from "../util/load-script";
import { giveAnswers } from "./answers";
import { say } from "./notice-box";
import { drawPictures } from "./report-pictures";
import { isUpdated } from "./updated";

/** By any of these a reader has begun to read, or prints. */
const SIGNS = ["scroll", "pointermove", "keydown", "touchstart", "beforeprint"];

/** What the article has beside its figures. */
const LATER: typeof LOADERS = {
  ...LOADERS,
  "lr-guess": () => loadScript(() => import("./lr-guess")),
  "lr-lab": () => loadScript(() => import("../lab/lr-lab")),
};

/** In the article: when the reader comes near. */
export function loadFiguresInSight(): void {
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        sight.unobserve(target);
        void load(target);
      }
    },
    { rootMargin: "1200px" },
  );
  for (const element of document.querySelectorAll(Object.keys(LATER).join())) sight.observe(element);
  // The report's pictures all come before they are near, since drawn in sight they would move the text.
  const read = () => {
    for (const sign of SIGNS) removeEventListener(sign, read);
    void drawPictures();
  };
  for (const sign of SIGNS) addEventListener(sign, read, { passive: true });
}

/** Loads an element; where that fails it says so in its place, above what stands there without a script. */
async function load(element: Element): Promise<void> {
  element.querySelector(".unloaded")?.remove();
  try {
    await LATER[element.localName]?.();
  } catch {
    // A question that cannot be asked hides no answer.
    if (element.localName === "lr-guess") giveAnswers(element.getAttribute("ask") ?? "");
    const line = document.createElement("p");
    line.className = "unloaded";
    line.setAttribute("role", "alert");
    const button = (label: string, act: () => unknown) => {
      const made = document.createElement("button");
      made.textContent = label;
      made.addEventListener("click", act);
      return made;
    };
    line.append("This figure could not be loaded. ", button("Try again", () => load(element)), " ", button("Reload the page", () => { location.reload(); }), " What you have trained is kept.");
    element.prepend(line);
    if (await isUpdated()) tellUpdated();
  }
}

/** Nothing is lost by it: the run is kept, and offered again. */
function tellUpdated(): void {
  say("This page has been updated since you opened it. What you have trained is kept.", { label: "Reload", act: () => { location.reload(); } }, { label: "Later" });
}
