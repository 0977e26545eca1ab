// What a teacher pastes to have a figure in a page of their own.
import { html } from "lit";
import { copy } from "../util/clipboard";
import type { Run } from "../run/run";
import { writeQuery } from "../run/address";
import { attributeOf } from "./attributes";
import { figureName } from "./embeddable";

/** A figure as an element and as a frame. `query`: the settings and views that are not as usual; `site`: the address of ours. */
export function embedCode(figure: string, query: URLSearchParams, site: string): { element: string; frame: string } {
  const attributes = [...query].map(([name, value]) => ` ${attributeOf(name)}="${escape(value)}"`).join("");
  const frame = new URLSearchParams({ figure, ...Object.fromEntries(query) });
  return {
    element: `<script type="module" src="${escape(new URL("lib/leftright.js", site).href)}"></script>\n<lr-${figure}${attributes}></lr-${figure}>`,
    frame: `<iframe title="A figure of Left, right" width="100%" height="700" loading="lazy" src="${escape(new URL(`embed.html?${frame.toString()}`, site).href)}"></iframe>`,
  };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

async function give(code: string, button: HTMLElement): Promise<void> {
  const told = button.parentElement?.querySelector("[role=status]");
  const copied = await copy(code);
  // Where the clipboard is forbidden, the code is there to be copied by hand.
  if (told) told.textContent = copied ? "Copied. Paste it into your page." : code;
}

/** The menu at a figure's foot, of the run and of what is shown of it when something is copied. */
export function embedMenu(figure: HTMLElement, run: Run) {
  const code = () => {
    const { current, views, shown, fields } = run;
    // The shipped model's past is the article's alone.
    const query = current ? writeQuery(current.settings, { ...views, step: shown }, fields, current.config) : new URLSearchParams();
    return embedCode(figureName(figure), query, document.baseURI);
  };
  const button = (label: string, kind: "element" | "frame") =>
    html`<button class="link" @click=${(event: Event) => give(code()[kind], event.currentTarget as HTMLElement)}>${label}</button>`;
  return html`<details data-testid="embed">
    <summary>Embed</summary>
    <div class="row">
      ${button("Copy as an element", "element")} ${button("Copy as a frame", "frame")}
      <a href="./examples/index.html">Other ways</a>
      <span class="note" role="status"></span>
    </div>
  </details>`;
}
