import { html, nothing } from "lit";
import { en, type Words } from "../words/en";

/** What went wrong, where it did, and a button to try again where that may help. `message` is the engine's, in English. */
export function alarm(message: string, again: (() => void) | null, { figure }: Words = en, before = "") {
  const button = again ? html` <button class="link" part="controls" @click=${again}>${figure.again}</button>` : nothing;
  return html`<p class="alarm" part="message" role="alert" data-testid="error">${before === "" ? "" : `${before} `}<span lang="en">${message}</span>${button}</p>`;
}
