// The title says what is cut, so that tabs and shared pages can be told apart; in a tab that is out of sight, how far its work is.
// When the reader comes back, a box says that it is done.
import { sharedRun } from "../run/registry";
import { work } from "../util/work";
import { en } from "../words/en";
import { say } from "./notice-box";

export function showStateInTitle(): void {
  const { title: own } = document;
  const run = sharedRun();
  const titled = () => {
    const { cut } = run.decided;
    return cut.terms.length === 0 || cut.strength === 1 ? own : `${en.condition(cut)} · ${own}`;
  };
  /** Whether work went on while nobody looked. */
  let unseen = false;
  const follow = () => {
    const { share } = work;
    let title = titled();
    if (document.visibilityState === "visible") {
      if (unseen && share === null) say("What you started here is done.", { label: "Close" });
      unseen = false;
    } else {
      if (share !== null) unseen = true;
      if (unseen) title = share === null ? `Done · ${title}` : `${Math.floor(share * 100)} % · ${title}`;
    }
    if (title !== document.title) document.title = title;
  };
  work.addEventListener("change", follow);
  run.addEventListener("change", follow);
  document.addEventListener("visibilitychange", follow);
  follow();
}
