/** A full stop, or what stands for one, that another sentence can follow. */
const END = /[.?!]["”’)]*(?=\s)/g;

/** The box of the lines of the sentence that a word stands in. */
export function sentenceAround(word: Element): DOMRect {
  const block = word.closest("p, li, dd, dt, td, figcaption, [role=note]") ?? word;
  const texts: { node: Text; from: number }[] = [];
  let whole = "";
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    texts.push({ node: node as Text, from: whole.length });
    whole += node.nodeValue ?? "";
  }
  const at = texts.find(({ node }) => word.contains(node))?.from ?? 0;
  const ends = [...whole.matchAll(END)].map(({ index, 0: end }) => index + end.length);
  const after = ends.filter((end) => end <= at).at(-1) ?? 0;
  const start = after + whole.slice(after).search(/\S/);
  const end = ends.find((end) => end >= at + word.textContent.length) ?? whole.trimEnd().length;
  const range = document.createRange();
  const [first, last] = [start, end].map((place) => texts.filter(({ from }) => from < place || from === 0).at(-1));
  if (!first || !last) return block.getBoundingClientRect();
  range.setStart(first.node, Math.min(start - first.from, first.node.length));
  range.setEnd(last.node, Math.min(end - last.from, last.node.length));
  return range.getBoundingClientRect();
}
