// What the text says in answer to a guess: hidden from the start, but for a browser's own search, until it is given.

export function hideAnswers(): void {
  for (const answer of document.querySelectorAll("[data-answers]")) answer.setAttribute("hidden", "until-found");
}

/** Whether the text has an answer to this question, given or not. */
export function hasAnswer(ask: string): boolean {
  return document.querySelector(`[data-answers="${CSS.escape(ask)}"]`) !== null;
}

/** The figure that comes with that answer, if one does, where the cockpit stands in steps between the paragraphs. */
export function figureOf(ask: string): string | null {
  return document.querySelector(`[data-answers="${CSS.escape(ask)}"] lr-cockpit`)?.getAttribute("figure") ?? null;
}

export function giveAnswers(ask: string): void {
  for (const answer of document.querySelectorAll(`[data-answers="${CSS.escape(ask)}"]`)) answer.removeAttribute("hidden");
}
