// Sections of which one is shown at a time. Without a script, on paper and to a search of the page they stand one after the other.

/** Makes tabs of the sections in `.tabs`, each named by its heading. */
export function makeTabs(): void {
  for (const group of document.querySelectorAll<HTMLElement>(".tabs")) new Tabs(group);
}

class Tabs {
  readonly #panels: HTMLElement[];
  readonly #tabs: HTMLButtonElement[];

  constructor(group: HTMLElement) {
    this.#panels = [...group.querySelectorAll<HTMLElement>(":scope > section")];
    this.#tabs = this.#panels.map((panel) => this.#tab(panel));
    const list = document.createElement("div");
    list.className = "tab-list";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", group.getAttribute("aria-label") ?? "");
    list.append(...this.#tabs);
    list.addEventListener("keydown", (event) => { this.#move(event); });
    group.prepend(list);
    group.classList.add("tabbed");
    this.#panels.forEach((panel, i) => {
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", this.#tabs[i]?.id ?? "");
      // A search of the browser's finds what is in a hidden one, and shows it.
      panel.addEventListener("beforematch", () => { this.#show(i); });
    });
    addEventListener("hashchange", () => { this.#follow(); });
    this.#show(0);
    this.#follow();
  }

  #tab(panel: HTMLElement): HTMLButtonElement {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `${panel.id}-tab`;
    tab.textContent = panel.querySelector("h3")?.textContent ?? panel.id;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => { this.#show(this.#tabs.indexOf(tab)); });
    return tab;
  }

  #show(shown: number): void {
    this.#panels.forEach((panel, i) => {
      if (i === shown) panel.removeAttribute("hidden");
      else panel.setAttribute("hidden", "until-found");
    });
    this.#tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === shown));
      tab.tabIndex = i === shown ? 0 : -1;
    });
  }

  /** Left and right, home and end, as in every list of tabs. */
  #move(event: KeyboardEvent): void {
    const last = this.#tabs.length - 1;
    const at = this.#tabs.findIndex((tab) => tab.tabIndex === 0);
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#show(to);
    this.#tabs[to]?.focus();
  }

  /** A link to something in a hidden section shows it. */
  #follow(): void {
    const target = location.hash === "" ? null : document.getElementById(location.hash.slice(1));
    const panel = this.#panels.findIndex((panel) => panel.contains(target));
    if (!target || panel < 0) return;
    this.#show(panel);
    target.scrollIntoView();
  }
}
