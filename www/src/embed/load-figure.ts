// How a host's page loads figures: each when the page first has one, so that nobody pays for those that are not there.
import { EXPERIMENTS } from "../experiments/table";
import { loadScript } from "../util/load-script";

/** What loads and defines an element, by its tag. */
const LOADERS: Record<string, () => Promise<unknown>> = {
  "lr-ablate": () => import("./figures/ablate"),
  "lr-follow": () => import("./figures/follow"),
  "lr-gradient": () => import("./figures/gradient"),
  "lr-strip": () => import("./figures/strip"),
  "lr-surgery": () => import("./figures/surgery"),
  "lr-train": () => import("./figures/train"),
  ...Object.fromEntries(EXPERIMENTS.map(({ name }) => [`lr-${name}`, () => import("./figures/experiments")])),
};

type Load = (tag: string) => Promise<void>;

async function loadByTag(tag: string): Promise<void> {
  const loader = LOADERS[tag];
  if (!loader) throw new Error(`“${tag}” is none of ${Object.keys(LOADERS).join(", ")}`);
  await loadScript(loader);
}

/**
 * A page may come to hold this library more than once, as a notebook does that reads it anew for each widget. An element is
 * defined once, and all figures are to share one worker: so the first copy loads for the others too.
 */
const FIRST = Symbol.for("leftright.load");
const page = globalThis as typeof globalThis & { [FIRST]?: Load };
const earlier = page[FIRST];

/** Defines the element of a figure, by its tag: for one in a shadow root, which no one else sees. */
export const loadFigure = (page[FIRST] = earlier ?? loadByTag);

/** Loads a figure that stands in a page; where its script cannot be had, the figure says so in its place, with a way to try again. */
export async function loadInPlace(figure: Element): Promise<void> {
  try {
    await loadFigure(figure.localName);
  } catch {
    if (customElements.get(figure.localName)) return;
    const button = document.createElement("button");
    button.textContent = "Try again";
    button.addEventListener("click", () => void loadInPlace(figure));
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    line.lang = "en";
    line.append("This figure could not be loaded. ", button);
    (figure.shadowRoot ?? figure.attachShadow({ mode: "open" })).replaceChildren(line);
  }
}

const reported = new Set<string>();

/** An element that is none of ours may be another library's, so it is left as it is. */
function unknown(tag: string): void {
  if (reported.has(tag)) return;
  reported.add(tag);
  console.info(`leftright: the page has <${tag}>, which is no figure. The figures are ${Object.keys(LOADERS).join(", ")}.`);
}

/** When the page first has one, now or later; on a server there is no page. */
export function loadFiguresAsTheyCome(): void {
  if (typeof document === "undefined" || earlier) return;
  const load = (element: Element) => {
    const { localName } = element;
    if (localName in LOADERS) void loadInPlace(element);
    else if (localName.startsWith("lr-")) unknown(localName);
  };
  const undefinedOnes = ":not(:defined)";
  const loadWithin = (within: ParentNode) => { within.querySelectorAll(undefinedOnes).forEach(load); };
  loadWithin(document);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        if (node.matches(undefinedOnes)) load(node);
        loadWithin(node);
      }
    }
  }).observe(document, { childList: true, subtree: true });
}
