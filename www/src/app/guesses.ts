// What has come of the guesses that the text asks for, said at its end.

/** By what is asked: whether the guess was right; null where the question was skipped. */
const outcomes = new Map<string, boolean | null>();

/** Fired at the document when an outcome is there, or another. */
const CHANGED = "lr-guesses";

export function told(ask: string, right: boolean | null): void {
  if (outcomes.has(ask) && outcomes.get(ask) === right) return;
  outcomes.set(ask, right);
  document.dispatchEvent(new Event(CHANGED));
}

/** Says in `place` how the reader did, of as many questions as the page asks. */
export function tellGuesses(place: HTMLElement): void {
  const say = () => { place.textContent = sentence([...outcomes.values()], document.querySelectorAll("lr-guess").length); };
  document.addEventListener(CHANGED, say);
  say();
}

export function sentence(outcomes: (boolean | null)[], asked: number): string {
  const guessed = outcomes.filter((right) => right !== null);
  if (guessed.length === 0) return "";
  const right = guessed.filter((right) => right).length;
  const of = guessed.length === asked ? `all ${asked} questions` : `${guessed.length} of ${asked} questions`;
  return `You have answered ${of}, and guessed ${right === guessed.length ? (right === 1 ? "right" : "right each time") : right === 0 ? "otherwise" : `${right} right`}.`;
}
