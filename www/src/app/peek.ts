// A glossary term or a reference to a note shows what it points to, beside its sentence: under the pointer, on focus, on a
// tap. The text itself stands once in the page, where the link leads without a script.
import { sentenceAround } from "./sentence";

const GAP = 6;
/** Time to move the pointer from the word, over the rest of its sentence, to what it shows. */
const LINGER_MS = 300;

export function peekAtLinks(root: HTMLElement): void {
  const peek = document.createElement("div");
  peek.id = "peek";
  peek.className = "peek";
  peek.popover = "manual";
  peek.role = "tooltip";
  root.append(peek);

  let shown: HTMLAnchorElement | null = null;
  let leaving = 0;

  const hide = () => {
    clearTimeout(leaving);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    peek.hidePopover();
  };
  const hideSoon = () => {
    clearTimeout(leaving);
    leaving = setTimeout(hide, LINGER_MS);
  };
  const show = (link: HTMLAnchorElement) => {
    clearTimeout(leaving);
    if (link === shown) return;
    const content = explained(link);
    if (!content) return;
    if (shown) hide();
    peek.replaceChildren(...content);
    peek.showPopover();
    place(peek, link);
    link.setAttribute("aria-describedby", peek.id);
    shown = link;
  };

  for (const link of root.querySelectorAll<HTMLAnchorElement>("a.term, a.ref")) {
    link.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType === "mouse") show(link);
    });
    link.addEventListener("pointerleave", hideSoon);
    link.addEventListener("focus", () => { show(link); });
    link.addEventListener("blur", hide);
    link.addEventListener("click", (event) => {
      // Pressed with a finger or a mouse it stays here; the Enter key follows it.
      if (event.detail === 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(link);
    });
  }
  peek.addEventListener("pointerenter", () => { clearTimeout(leaving); });
  peek.addEventListener("pointerleave", hideSoon);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && shown) hide();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (shown && target instanceof Node && !peek.contains(target) && !shown.contains(target)) hide();
  });
  addEventListener("scroll", () => { if (shown) place(peek, shown); }, { passive: true });
}

/** A definition with its word, or a note without its way back. */
function explained(link: HTMLAnchorElement): Node[] | null {
  const target = document.getElementById(link.hash.slice(1));
  if (!target) return null;
  if (target.localName !== "dt") {
    const note = target.cloneNode(true) as HTMLElement;
    note.querySelector(".back")?.remove();
    return [...note.childNodes];
  }
  const word = document.createElement("b");
  word.textContent = target.textContent;
  return [word, ...(target.nextElementSibling?.cloneNode(true).childNodes ?? [])];
}

/** Over or under the sentence that is read, whichever is nearer to the word and has room; never past the window's edge. */
function place(peek: HTMLElement, link: HTMLElement): void {
  const word = link.getClientRects()[0];
  if (!word) return;
  const sentence = sentenceAround(link);
  peek.style.maxHeight = "";
  const { width, height } = peek.getBoundingClientRect();
  const edge = document.documentElement.clientWidth - width - GAP;
  const over = { far: word.top - sentence.top, room: sentence.top - 2 * GAP, top: sentence.top - GAP - height };
  const under = { far: sentence.bottom - word.bottom, room: innerHeight - sentence.bottom - 2 * GAP, top: sentence.bottom + GAP };
  const [near, far] = over.far <= under.far ? [over, under] : [under, over];
  const side = near.room >= height ? near : far.room >= height ? far : near.room >= far.room ? near : far;
  // A sentence that leaves no room for all of it has the rest scrolled.
  if (side.room < height) peek.style.maxHeight = `${Math.max(side.room, 4 * GAP)}px`;
  peek.style.left = `${Math.max(GAP, Math.min(word.left, edge))}px`;
  peek.style.top = `${Math.min(Math.max(GAP, side.top), innerHeight - Math.min(height, side.room) - GAP)}px`;
}
