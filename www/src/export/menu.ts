// The menu at a figure's foot: what can be taken home. What draws and writes it is loaded when it is first asked for.
import { css, html } from "lit";
import { csv, type Table } from "./csv";
import { download } from "./download";
import { figureName } from "../embed/embeddable";
import { loadScript } from "../util/load-script";
import type { Run } from "../run/run";
import type { Words } from "../words";

/** What a figure shows, and of which model. */
export interface Kept extends HTMLElement {
  /** In its language. */
  words: Words;
  /** Its numbers as they are on screen. */
  numbers(): Table;
  provenance(): Provenance;
  /** What else can be kept of it. */
  keepsakes(): Keepsake[];
}

export interface Provenance {
  /** The end of its files' names. */
  name: string;
  /** In words, for the credit line. */
  words: string;
}

export interface Keepsake {
  label: string;
  /** What comes after the file's name. */
  ending: string;
  /** Null where there is nothing, which has then been said. */
  content: () => Promise<BlobPart | null>;
}

export const keepStyles = css`
  .menus {
    display: flex;
    flex-wrap: wrap;
    column-gap: var(--space-5);
    margin-top: var(--space-4);
  }

  /* Large enough for a finger. */
  .menus summary {
    padding-block: var(--space-1);
  }

  .menus .row {
    margin-top: var(--space-2);
    font-size: var(--text-small);
  }
`;

/** Of a run's model. */
export function provenanceOf({ current, step, shown, file, bundled }: Run, { keep }: Words): Provenance {
  const seed = current?.config.seed ?? 0;
  const from = bundled ? keep.shipped : file === null ? "" : keep.from(file);
  return { name: `seed${seed}-step${shown ?? step}`, words: `${keep.model(seed, shown ?? step)}${from}` };
}

async function drawn(figure: Kept): Promise<string> {
  const { picture } = await loadScript(() => import("./picture"));
  return picture(figure, `leftright, ${figure.provenance().words}`);
}

const OF_ALL: (figure: Kept) => Keepsake[] = (figure) => [
  { label: "SVG", ending: ".svg", content: () => drawn(figure) },
  {
    label: "PNG",
    ending: ".png",
    content: async () => {
      const [svg, { bitmap }] = await Promise.all([drawn(figure), loadScript(() => import("./bitmap"))]);
      return bitmap(svg);
    },
  },
  { label: "CSV", ending: ".csv", content: () => Promise.resolve(csv(figure.numbers())) },
];

async function keep(figure: Kept, { label, ending, content }: Keepsake, button: HTMLElement): Promise<void> {
  const { keep: words } = figure.words;
  const told = button.parentElement?.querySelector("[role=status]");
  try {
    const made = await content();
    if (made === null) return;
    const name = `leftright-${figureName(figure)}-${figure.provenance().name}${ending}`;
    download(name, made);
    // A frame does not hear whether the page around it lets it save files.
    if (told) told.textContent = window.parent === window ? words.saved(name) : words.given(name);
  } catch (thrown) {
    if (told) told.textContent = words.notMade(label, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

export function keepMenu(figure: Kept) {
  return html`<details class="keep" data-testid="keep">
    <summary>${figure.words.keep.keep}</summary>
    <div class="row">
      ${[...OF_ALL(figure), ...figure.keepsakes()].map(
        (keepsake) => html`<button class="link" @click=${(event: Event) => keep(figure, keepsake, event.currentTarget as HTMLElement)}>${keepsake.label}</button>`,
      )}
      <span class="note" role="status"></span>
    </div>
  </details>`;
}
