// Which language an element speaks: the one that the page says of the place it stands in, as for any element of HTML, and English
// where that is none of ours. A new language is a file beside this one and a line below. English is here from the start; another is
// loaded before the first element that speaks it is drawn.
//
// @lit/localize was considered. It has one language for a whole page, where each of our elements has its own; it adds a step to the
// build that extracts its strings; and it has no plurals. A table that TypeScript compares with the English one needs neither.
import { LitElement } from "lit";
import { loadScript } from "../util/load-script";
import { en, type Translation, type Words } from "./en";

export type { Words };

const OTHERS = new Map<string, () => Promise<Translation>>([
  ["de", async () => (await loadScript(() => import("./de"))).de],
]);

/** What is loaded, or on its way; English for a language that could not be had. */
const known = new Map<string, Words | Promise<Words>>([[en.language, en]]);

/** What the nearest `lang` around an element says, its own first, whatever shadow trees it stands in. */
export function languageAround(element: Element): string {
  const around = element.closest("[lang]");
  if (around) return around.getAttribute("lang") ?? "";
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? languageAround(root.host) : "";
}

/** What a language has to say, whatever its region is; where it is not loaded yet, once it is. */
export function wordsOf(language: string): Words | Promise<Words> {
  const name = language.toLowerCase().split("-")[0] ?? "";
  const words = known.get(name);
  const load = OTHERS.get(name);
  if (words || !load) return words ?? en;
  const loading = load().catch(() => en).then((loaded) => {
    known.set(name, loaded);
    return loaded;
  });
  known.set(name, loading);
  return loading;
}

/** Elements on the page, to be drawn anew where a `lang` changes around them. */
const speaking = new Set<Speaking>();
let changes: MutationObserver | null = null;

function listen(element: Speaking): void {
  changes ??= new MutationObserver(() => { for (const one of speaking) one.requestUpdate(); });
  speaking.add(element);
  for (let root = element.getRootNode(); ; root = root.host.getRootNode()) {
    changes.observe(root, { subtree: true, attributes: true, attributeFilter: ["lang"] });
    if (!(root instanceof ShadowRoot)) return;
  }
}

/** An element that shows words, in the language of its place. */
export abstract class Speaking extends LitElement {
  words: Words = en;

  /** The language that it is to speak. */
  protected get language(): string {
    return languageAround(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    listen(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    speaking.delete(this);
  }

  /** Nothing is drawn before its words are there. */
  protected override scheduleUpdate(): Promise<unknown> | undefined {
    const words = wordsOf(this.language);
    if (words instanceof Promise) return words.then((words) => this.speak(words));
    this.speak(words);
    return undefined;
  }

  private speak(words: Words): unknown {
    this.words = words;
    return super.scheduleUpdate();
  }
}
