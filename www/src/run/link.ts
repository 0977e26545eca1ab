// The link that shows others what a reader sees.
import { writeQuery } from "./address";
import type { Run } from "./run";
import { TRAIN_STEPS } from "./run-state";

/** The page's address with the run's settings and views; a run that was trained here is trained again where the link is opened. */
export function linkTo({ current, views, fields, begun, bundled, file, step }: Run, page: string): string {
  const url = new URL(page);
  url.hash = "";
  // Before there is a model, the address is what there is to share.
  if (!current) return url.href;
  const query = writeQuery(current.settings, views, fields, current.config);
  if (!begun) query.set("start", "untrained");
  if (begun && !bundled && file === null) {
    query.set("start", "training");
    if (step !== TRAIN_STEPS) query.set("steps", String(step));
  }
  url.search = query.toString();
  return url.href;
}
