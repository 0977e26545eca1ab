// The title of a tab that is out of sight says how far its work is; when the reader comes back, a box says that it is done.
import { work } from "../util/work";
import { say } from "./notice-box";

export function showWorkInTitle(): void {
  const { title } = document;
  /** Whether work went on while nobody looked. */
  let unseen = false;
  const follow = () => {
    const { share } = work;
    if (document.visibilityState === "visible") {
      document.title = title;
      if (unseen && share === null) say("What you started here is done.", { label: "Close" });
      unseen = false;
      return;
    }
    if (share !== null) unseen = true;
    if (unseen) document.title = share === null ? `Done · ${title}` : `${Math.floor(share * 100)} % · ${title}`;
  };
  work.addEventListener("change", follow);
  document.addEventListener("visibilitychange", follow);
}
