// The text and the cockpit beside it: each paragraph sets the model to what it speaks of, and a marked word lights its part.
import type { LrCockpit } from "../cockpit/lr-cockpit";
import { readShows, type Shown } from "../cockpit/shows";
import type { Run } from "../run/run";
import { sharedRun } from "../run/registry";
import { USUAL, type Views } from "../run/views";
import { same } from "../util/same";

/** Where the eye rests while one scrolls, as a share of the window's height. */
const READING = 0.45;
const NOTHING: Shown = { lit: [], views: USUAL };

export function walk(section: HTMLElement): void {
  new Walk(section, sharedRun());
}

class Walk {
  readonly #cockpits: LrCockpit[];
  #paragraph: Element | null = null;
  #word: Element | null = null;
  /** What the walk last showed. As long as the run shows this, the reader has set nothing by hand. */
  #told: Pick<Views, "cut" | "placed" | "step"> = USUAL;
  /** Whether what the reader set was set in the head of the article or its worked example, which end where the walk begins. */
  #before = false;

  constructor(
    private readonly section: HTMLElement,
    private readonly run: Run,
  ) {
    this.#cockpits = [...section.querySelectorAll<LrCockpit>("lr-cockpit")];
    for (const type of ["change", "moment"]) run.addEventListener(type, () => { this.#mark(); });
    section.addEventListener("lr-follow-text", () => void this.#show());
    for (const figure of document.querySelectorAll("lr-hero, lr-follow, lr-cockpit")) {
      const set = () => { this.#before = figure.localName !== "lr-cockpit"; };
      for (const type of ["pointerdown", "keydown", "click"]) figure.addEventListener(type, set);
    }
    this.#observe();
    for (const word of section.querySelectorAll<HTMLElement>("[data-lights]")) this.#listen(word);
    this.#mark();
  }

  get #now(): Pick<Views, "cut" | "placed" | "step"> {
    const { views: { cut, placed }, moments: { step } } = this.run;
    return { cut, placed, step };
  }

  /** The latest step is nobody's choice: training and Play end there. */
  get #byHand(): boolean {
    const { step } = this.#now;
    return !same({ ...this.#now, step: step ?? this.#told.step }, this.#told);
  }

  /** The last paragraph that has come up to the reading line counts, until the walk ends; a hidden answer is not read yet. */
  #observe(): void {
    const paragraphs = [...this.section.querySelectorAll("[data-shows]")];
    const reading = new IntersectionObserver(() => {
      const line = READING * innerHeight;
      const { top, bottom } = this.section.getBoundingClientRect();
      const read = top > line || bottom < line ? [] : paragraphs.filter((p) => !p.closest("[hidden]") && p.getBoundingClientRect().top <= line);
      const paragraph = read.at(-1) ?? null;
      if (paragraph === this.#paragraph) return;
      this.#paragraph = paragraph;
      if (this.#byHand && !this.#before) this.#light();
      else void this.#show();
    }, { rootMargin: `1000000px 0px -${100 - READING * 100}% 0px` }); // from far above the window, so that no jump is missed
    reading.observe(this.section);
    for (const paragraph of paragraphs) reading.observe(paragraph);
  }

  #listen(word: HTMLElement): void {
    const light = (on: boolean) => () => {
      this.#word = on ? word : null;
      this.#light();
    };
    word.tabIndex = 0;
    for (const type of ["pointerenter", "focus"]) word.addEventListener(type, light(true));
    for (const type of ["pointerleave", "blur"]) word.addEventListener(type, light(false));
  }

  get #wanted(): Shown {
    return this.#paragraph ? readShows(this.#paragraph.getAttribute("data-shows") ?? "") : NOTHING;
  }

  #light(): void {
    const lit = this.#word ? readShows(this.#word.getAttribute("data-lights") ?? "").lit : this.#wanted.lit;
    for (const cockpit of this.#cockpits) {
      if (lit.length > 0) cockpit.setAttribute("data-lit", lit.join(" "));
      else cockpit.removeAttribute("data-lit");
    }
  }

  async #show(): Promise<void> {
    this.#light();
    const { run } = this;
    const { cut, placed, step } = this.#wanted.views;
    if (!same({ cut, placed }, { cut: run.views.cut, placed: run.views.placed })) run.tell({ cut, placed });
    // A model that trains is watched as it is, and stays so when it is trained: its time is turned back by hand.
    const turned = run.phase !== "training" && run.moments.has(step);
    this.#told = { ...this.#now, step: turned ? step : run.moments.step }; // as this model can show it
    if (turned && (await run.moments.tell(step))) this.#told = { ...this.#told, step: run.seen };
    this.#mark();
  }

  /** Says in the cockpit whether the reader has set something by hand. */
  #mark(): void {
    const { run } = this;
    // A model on its way, or another world's strips, are no reader's doing.
    if (run.phase === "empty" || run.phase === "loading") return;
    for (const cockpit of this.#cockpits) cockpit.toggleAttribute("data-hand", this.#byHand);
  }
}
