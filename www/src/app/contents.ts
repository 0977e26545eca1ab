/** Marks in the contents the section being read: the last whose heading has come into the window's upper part. */
export function followReading(contents: HTMLElement): void {
  const links = new Map<Element, HTMLAnchorElement>();
  for (const link of contents.querySelectorAll<HTMLAnchorElement>("a[href^='#']")) {
    const heading = document.getElementById(link.hash.slice(1));
    if (heading) links.set(heading, link);
  }
  const passed = new Set<Element>();
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) passed.add(target);
        else passed.delete(target);
      }
      let current: Element | undefined;
      for (const heading of links.keys()) if (passed.has(heading)) current = heading;
      for (const [heading, link] of links) {
        if (heading === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
    // From far above the window to a third of the way down.
    { rootMargin: "1000000px 0px -66%" },
  );
  for (const heading of links.keys()) sight.observe(heading);
}
