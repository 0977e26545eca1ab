import { html, nothing, type TemplateResult } from "lit";
import { fitBar } from "../charts/fit-bar";
import { en, type Words } from "../words/en";
import { choiceOf, type Answered } from "./both-ways";

/** In a table, how well a caption fits, and whether `answered` chooses it. `drawn`: the fit on its way to what it is. */
export function fitCell(drawn: number, score: Answered["captions"][number] | undefined, answered: Answered, { figure, numbers }: Words = en): TemplateResult {
  const choice = choiceOf(answered, score?.text);
  const [mark, said] = choice === null ? ["", nothing] : choice === "right" ? ["✓", figure.fitsTrue] : ["✗", figure.fitsFalse];
  return html`<td class=${choice === null ? "" : `chosen ${choice}`}>
    ${fitBar(drawn, choice)}
    <span>${numbers.accuracy(score?.similarity ?? null)} <b aria-hidden="true">${mark}</b>${said === nothing ? nothing : html`<span class="visually-hidden">${said}</span>`}</span>
  </td>`;
}
