// A link to what the reader sees, to be sent; and what such a link does when it is opened.
import { readStart } from "../run/address";
import { atRest } from "../run/life";
import { linkTo } from "../run/link";
import { sharedRun } from "../run/registry";
import type { Run } from "../run/run";
import { copy } from "../util/clipboard";
import { count, duration } from "../util/format";
import { say } from "./notice-box";

/** Milliseconds in which anyone has read what a link shows; it covers the text. */
const READ_MS = 15_000;

/** Makes a button share the page as it is: by the device's own means where it has them, else as a copied link. */
export function shareButton(button: HTMLButtonElement): void {
  button.addEventListener("click", () => { void share(sharedRun()); });
}

async function share(run: Run): Promise<void> {
  const url = linkTo(run, location.href);
  const { title } = document;
  // Not every browser has it.
  if ("share" in navigator) {
    const failure = await navigator.share({ title, url }).then(() => null, (thrown: unknown) => thrown);
    // A reader who closes the sheet has answered.
    if (failure === null || (failure instanceof DOMException && failure.name === "AbortError")) return;
  }
  const copied = await copy(url);
  const takeBack = say(copied ? `The link is copied. ${shownBy(run)}` : `Copy this link: ${url}`, { label: "Close" });
  if (copied) setTimeout(takeBack, READ_MS);
}

function shownBy({ bundled, begun, file, step }: Run): string {
  if (file !== null) return "It shows your strip and what is cut, but cannot carry the model of a file.";
  return begun && !bundled ? `It trains your model again where it is opened, ${count(step)} steps, and shows what you see.` : "It shows what you see.";
}

/** Where the page was opened by the link to a trained run: says that it trains that again, how long, and lets the reader cancel. */
export function tellRetraining(): void {
  if (readStart(location.search) !== "training") return;
  const run = sharedRun();
  let timed = false;
  let takeBack: (() => void) | null = null;
  let cancelled = false;
  const cancel = () => {
    cancelled = true;
    void run.pause();
  };
  const follow = () => {
    if (run.phase === "training") {
      const left = run.timeLeft.get();
      // Once it has begun, and once it is known how long it takes: not at each of a thousand steps.
      if (cancelled || (takeBack && (timed || left === null))) return;
      timed = left !== null;
      const before = takeBack;
      takeBack = say(`This link trains its model again on your machine: ${count(run.target)} steps${left === null ? "" : `, ${duration(left)}`}.`, { label: "Cancel", act: cancel });
      before?.();
    } else if (takeBack && (atRest(run.phase) || run.phase === "failed")) {
      takeBack();
      run.removeEventListener("change", follow);
      if (cancelled && atRest(run.phase)) say(`Cancelled at step ${count(run.step)} of ${count(run.target)}. “Go on” trains the rest.`, { label: "Close" });
    }
  };
  run.addEventListener("change", follow);
  follow();
}
