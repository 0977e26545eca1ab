// What is further down the article is loaded when it is wanted, so that the first figures start at once.
import { LOADERS } from "../figures/loaders";
import { loadScript } from "../util/load-script";
import { giveAnswers } from "./answers";
import { say } from "./notice-box";
import { drawPictures } from "./report-pictures";
import { isUpdated } from "./updated";

/** When the pictures of the report are fetched that nobody has come near. */
const PICTURES_AFTER_MS = 4_000;

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
  // On paper nothing is near or far. A browser that prints waits for no picture, so they all come once the page is at rest.
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  if (!connection?.saveData) setTimeout(loadPictures, PICTURES_AFTER_MS);
  addEventListener("beforeprint", loadPictures);
}

function loadPictures(): void {
  for (const picture of document.querySelectorAll<HTMLImageElement>(".static img")) picture.loading = "eager";
}

/** Loads an element; where that fails it says so in its place, above what stands there without a script. */
async function load(element: Element): Promise<void> {
  element.querySelector(".unloaded")?.remove();
  try {
    await LATER[element.localName]?.();
    drawPictures(element);
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
