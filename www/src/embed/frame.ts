// One figure alone in a page, as an iframe shows it: the address says which, and how.
import "./library";
import { reportUnknown } from "../run/address";
import { loadScript } from "../util/load-script";
import { quote } from "../util/text";
import { ATTRIBUTES, STRIP_ATTRIBUTES, attributeOf } from "./attributes";
import { NAMES } from "./names";

/** What an address may say beside the figure's attributes. */
const OWN = ["figure", "id"];
const STANDARD = "ablate";
/** What the page around hears of: what a reader has done, and what came of it. */
const TOLD = ["lr-ablate", "lr-guess", "lr-result", "lr-trained"] as const;

function build(): void {
  const query = new URLSearchParams(location.search);
  const asked = query.get("figure") ?? STANDARD;
  const name = NAMES.find((known) => known === asked);

  const figure = document.createElement(`lr-${name ?? STANDARD}`);
  // An address names attributes of ours and no others: `style` and `onclick` are a page's own affair.
  const allowed = name === "strip" ? STRIP_ATTRIBUTES : ATTRIBUTES;
  for (const [key, value] of query) if (allowed.includes(attributeOf(key))) figure.setAttribute(attributeOf(key), value);
  reportUnknown("the address", [...query.keys()].map(attributeOf), [...allowed, ...OWN]);
  if (!figure.hasAttribute("theme")) figure.setAttribute("theme", "auto");
  document.documentElement.dataset.theme = figure.getAttribute("theme") ?? "auto";
  const main = document.querySelector("main");
  main?.querySelector(".late")?.replaceWith(figure);
  const id = query.get("id") ?? asked;
  void nameThePage(query.get("lang") ?? "", query.get("id") ?? name ?? STANDARD, name ? null : asked);
  tellHeight(id);
  for (const name of TOLD) figure.addEventListener(name, ({ detail }) => { window.parent.postMessage({ type: "leftright:event", name, detail, id }, "*"); });
}

/** In the figure's language. `wrong`: what the address calls a figure that is none. */
async function nameThePage(language: string, name: string, wrong: string | null): Promise<void> {
  const { wordsOf } = await loadScript(() => import("../words"));
  const { frame, language: lang } = await wordsOf(language);
  document.documentElement.lang = lang;
  document.title = frame.title(document.querySelector(".credit a")?.textContent ?? "");
  document.querySelector("h1")?.replaceChildren(document.title);
  // A page may have several frames, each with a main part.
  document.querySelector("main")?.setAttribute("aria-label", frame.label(name));
  if (wrong !== null) say(frame.wrong(quote(wrong), NAMES, STANDARD));
}

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
