import { html, nothing, type TemplateResult } from "lit";
import { fitBar } from "../charts/fit-bar";
import { accuracy } from "../util/format";
import { choiceOf, type Answered } from "./both-ways";

/** In a table, how well a caption fits, and whether `answered` chooses it. `drawn`: the fit on its way to what it is. */
export function fitCell(drawn: number, score: Answered["captions"][number] | undefined, answered: Answered): TemplateResult {
  const choice = choiceOf(answered, score?.text);
  const [mark, said] = choice === null ? ["", nothing] : choice === "right" ? ["✓", "fits better, and is true"] : ["✗", "fits better, and is false"];
  return html`<td class=${choice === null ? "" : `chosen ${choice}`}>
    ${fitBar(drawn, choice)}
    <span>${accuracy(score?.similarity ?? null)} <b aria-hidden="true">${mark}</b>${said === nothing ? nothing : html`<span class="visually-hidden">${said}</span>`}</span>
  </td>`;
}
