// Figures on a projector: the keys that a presenter's remote control sends go from one to the next.

const STEPS: Partial<Record<string, 1 | -1>> = { PageDown: 1, PageUp: -1 };
/** Of a pixel, which layout may round away. */
const SLACK = 2;

function edges(figure: Element): { top: number; bottom: number } {
  const { top, bottom } = figure.getBoundingClientRect();
  return { top, bottom };
}

function turn(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  if (step === undefined || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const figures = [...document.querySelectorAll("[present]:defined")].filter(({ localName }) => localName.startsWith("lr-"));
  const placed = figures.map((figure) => ({ figure, ...edges(figure) }));
  // One that is higher than the screen is first scrolled to its end, as any page is.
  const { innerHeight } = window;
  if (placed.some(({ top, bottom }) => (step === 1 ? top <= SLACK && bottom > innerHeight + SLACK : top < -SLACK && bottom >= innerHeight - SLACK))) return;
  const { figure } = (step === 1 ? placed.find(({ top }) => top > SLACK) : placed.filter(({ top }) => top < -SLACK).at(-1)) ?? {};
  if (!figure) return;
  event.preventDefault();
  figure.scrollIntoView({ block: "start" });
}

document.addEventListener("keydown", turn);
