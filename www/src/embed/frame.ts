// One figure alone in a page, as an iframe shows it: the address says which, and how.
import "./library";
import { NAMES } from "./names";

/** What an address may say beside the figure's attributes. */
const OWN = new Set(["figure", "id"]);
const STANDARD = "ablate";

function build(): void {
  const query = new URLSearchParams(location.search);
  const asked = query.get("figure") ?? STANDARD;
  const name = NAMES.find((known) => known === asked);
  if (!name) say(`figure is “${asked.slice(0, 40)}”, but must be one of ${NAMES.join(", ")}. Here is ${STANDARD}.`);

  const figure = document.createElement(`lr-${name ?? STANDARD}`);
  for (const [key, value] of query) {
    const attribute = key.replaceAll("_", "-");
    if (!OWN.has(key) && ATTRIBUTE.test(attribute)) figure.setAttribute(attribute, value);
  }
  if (!figure.hasAttribute("theme")) figure.setAttribute("theme", "auto");
  document.documentElement.dataset.theme = figure.getAttribute("theme") ?? "auto";
  const main = document.querySelector("main");
  main?.querySelector(".late")?.replaceWith(figure);
  // A page may have several frames, each with a main part.
  main?.setAttribute("aria-label", `A figure: ${query.get("id") ?? name ?? STANDARD}`);
  tellHeight(query.get("id") ?? asked);
}

/** An address names attributes of ours and no others: `style` and `onclick` are a page's own affair. */
const ATTRIBUTE = /^(?!on|style$|class$|id$|is$|slot$|part$|hidden$|inert$|popover$)[a-z]+(-[a-z0-9]+)*$/;

function say(problem: string): void {
  const line = document.createElement("p");
  line.className = "alarm";
  line.setAttribute("role", "alert");
  line.textContent = problem;
  document.querySelector("main")?.prepend(line);
}

/** Tells the page around how high this one is, in words of ours and in those of Canvas (LTI). */
function tellHeight(id: string): void {
  if (window.parent === window) return;
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    // To whoever it is: a height is no secret, and a frame cannot know its host's origin.
    window.parent.postMessage({ type: "leftright:height", height, id }, "*");
    window.parent.postMessage({ subject: "lti.frameResize", height }, "*");
  }).observe(document.body);
}

build();
