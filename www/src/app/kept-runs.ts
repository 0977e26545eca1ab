// The page's own run is kept in this browser; what an earlier visit left is offered, never forced.
import type { Keeper } from "../run/keeper";
import { sharedRun } from "../run/registry";
import type { KeptRun } from "../run/store";
import { count } from "../util/format";
import { loadScript } from "../util/load-script";
import { say } from "./notice-box";

/** Begins to keep the run, and offers the one that was left here. */
export async function keepRuns(): Promise<void> {
  const run = sharedRun();
  const scripts = await Promise.all([loadScript(() => import("../run/keeper")), loadScript(() => import("../run/store"))]).catch(() => null);
  if (!scripts) {
    say("What you train here is lost when the page is closed: a part of this page could not be loaded.", { label: "Try again", act: () => keepRuns() }, { label: "Close" });
    return;
  }
  const [{ keeperOf }, { store }] = scripts;
  const keeper = keeperOf(run);
  const trouble = () => { if (store.trouble !== null) say(store.trouble, { label: "Close" }); };
  store.addEventListener("trouble", trouble);
  trouble();
  let takeBack: (() => void) | null = null;
  const offer = () => {
    const before = takeBack;
    takeBack = keeper.left && run.phase !== "training" ? offerToResume(keeper, keeper.left) : null;
    before?.();
  };
  keeper.addEventListener("left", offer);
  void keeper.look();
  // Who trains without it has answered.
  run.addEventListener("change", () => { if (run.phase === "training") takeBack?.(); });
}

/** Says what was left; returns what takes that back. */
function offerToResume(keeper: Keeper, left: KeptRun): () => void {
  const seed = left.settings.seed === 0 ? "" : ` (seed ${count(left.settings.seed)})`;
  return say(
    `A run${seed} of ${when(left.time)} is kept in this browser, at step ${count(left.step)}.`,
    { label: "Resume", act: () => keeper.resume() },
    { label: "Not now" },
    { label: "Forget everything kept here", act: () => keeper.forgetEverything() },
  );
}

/** "today at 14:02", "3 March at 14:02". */
function when(time: number): string {
  const date = new Date(time);
  const clock = date.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false });
  const day = date.toDateString() === new Date().toDateString() ? "today" : date.toLocaleDateString("en", { day: "numeric", month: "long" });
  return `${day} at ${clock}`;
}
