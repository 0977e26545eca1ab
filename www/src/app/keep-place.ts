// What is read stays where it is while something above the window changes its height. Chromium and Firefox see to it; WebKit does not.

/** Scrolls by what these elements, in the order of the page, grow or shrink by above the window. */
export function keepPlace(elements: Iterable<Element>): void {
  if (CSS.supports("overflow-anchor", "auto")) return;
  const heights = new Map<Element, number>();
  const sizes = new ResizeObserver((entries) => {
    let grown = 0;
    for (const { target } of entries) {
      const { top, height } = target.getBoundingClientRect();
      const before = heights.get(target) ?? 0;
      heights.set(target, height);
      // One that was hidden comes by the reader's own hand.
      if (before > 0 && top - grown + before <= 0) grown += height - before;
    }
    if (grown !== 0) scrollBy({ top: grown, behavior: "instant" });
  });
  for (const element of elements) sizes.observe(element);
}
