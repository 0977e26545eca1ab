// The search of the documentation, over sections that the build has listed (www/build/docs.ts).
import MiniSearch from "minisearch";

/** What stands under one heading. */
export interface Section {
  /** The page and the heading's fragment. */
  id: string;
  /** The page's title. */
  title: string;
  heading: string;
  text: string;
}

const MOST = 8;
/** Characters of a section's text that are shown, and those of them before the word that was found. */
const [SHOWN, BEFORE] = [140, 50];

/** What is looked for, in the sections once they are there. */
type Find = (query: string) => { section: Section; words: string[] }[];

async function open(root: string): Promise<Find> {
  const sections = (await (await fetch(`${root}search.json`)).json()) as Section[];
  const index = new MiniSearch<Section>({ fields: ["title", "heading", "text"], searchOptions: { boost: { title: 2, heading: 3 }, prefix: true, fuzzy: 0.2, combineWith: "AND" } });
  index.addAll(sections);
  return (query) => index.search(query).slice(0, MOST).flatMap(({ id, terms: words }) => sections.filter((section) => section.id === id).map((section) => ({ section, words })));
}

function part(text: string, words: string[]): string {
  const found = words.map((word) => text.toLowerCase().indexOf(word)).find((at) => at >= 0) ?? 0;
  const start = found <= BEFORE ? 0 : text.indexOf(" ", found - BEFORE) + 1;
  return `${start > 0 ? "… " : ""}${text.slice(start, start + SHOWN)}${text.length > start + SHOWN ? " …" : ""}`;
}

function item(root: string, { id, title, heading, text }: Section, words: string[]): HTMLLIElement {
  const link = document.createElement("a");
  link.href = root + id;
  link.textContent = heading === title ? title : `${title}: ${heading}`;
  const entry = document.createElement("li");
  entry.append(link, document.createElement("br"), part(text, words));
  return entry;
}

function begin(place: HTMLElement): void {
  const [input, status, list] = [place.querySelector("input"), place.querySelector("p"), place.querySelector("ol")];
  const root = place.dataset.root;
  if (!input || !status || !list || root === undefined) throw new Error("the page's search is not whole");
  let opened: Promise<Find> | null = null;
  const answer = async (query: string) => {
    try {
      const find = await (opened ??= open(root));
      // The reader has typed on while the sections came.
      if (query !== input.value.trim()) return;
      const found = query === "" ? [] : find(query);
      list.replaceChildren(...found.map(({ section, words }) => item(root, section, words)));
      status.textContent = query !== "" && found.length === 0 ? `Nothing is found for “${query}”.` : "";
    } catch {
      opened = null;
      status.textContent = "The search cannot be loaded now.";
    }
  };
  input.addEventListener("input", () => void answer(input.value.trim()));
  place.hidden = false;
}

for (const place of document.querySelectorAll<HTMLElement>("search")) begin(place);
