import { html, nothing } from "lit";

/** What went wrong, where it did, and a button to try again where that may help. */
export function alarm(message: string, again: (() => void) | null) {
  const button = again ? html` <button class="link" part="controls" @click=${again}>Try again</button>` : nothing;
  return html`<p class="alarm" part="message" role="alert" data-testid="error">${message}${button}</p>`;
}
