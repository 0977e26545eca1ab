// The report's pictures, drawn by the page's own charts: in its type and its theme, as wide as there is room, read by pointer and
// by keyboard. On paper, without a script, and where their numbers cannot be had, they are the images that stand in the page.
import type { Chart } from "../engine/pkg/leftright.js";

/** By file, the pictures of an experiment. */
const EXPERIMENTS = import.meta.glob<Chart[]>("../../../figures/*.json", { import: "default" });

/** What `data-picture` names: an experiment's file, and which of its pictures; of several, the reader chooses one. */
const NAME = /^(.+)-([\d,]+)$/;

/** Milliseconds from one picture to the next: drawn all at once they would hold the page. */
const PAUSE_MS = 150;

/** Draws all of the page, and has their images at hand; what fails leaves its image. */
export async function drawPictures(): Promise<void> {
  const images = [...document.querySelectorAll<HTMLImageElement>(".static img")];
  for (const image of images) image.loading = "eager"; // a browser that prints waits for none
  for (const image of images) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    draw(image).catch(() => undefined);
  }
}

/** Resolves when it is below the window or in a tab that is not shown: elsewhere a change of its height may move what is read. */
function outOfSight(element: Element): Promise<void> {
  return new Promise((resolve) => {
    const sight = new IntersectionObserver(([entry]) => {
      if (!entry || entry.isIntersecting) return;
      const { top, width } = entry.boundingClientRect;
      if (width > 0 && top < innerHeight) return;
      sight.disconnect();
      resolve();
    });
    sight.observe(element);
  });
}

async function draw(image: HTMLImageElement): Promise<void> {
  const [, experiment = "", numbers = ""] = NAME.exec(image.dataset.picture ?? "") ?? [];
  const load = EXPERIMENTS[`../../../figures/${experiment}.json`];
  if (!load) return;
  const [all] = await Promise.all([load(), import("../charts/lr-choice"), import("../charts/lr-chart")]);
  const charts = numbers.split(",").flatMap((number) => all[Number(number) - 1] ?? []);
  const [chart] = charts;
  if (!chart) return;
  await outOfSight(image);
  image.after(charts.length > 1 ? Object.assign(document.createElement("lr-choice"), { charts }) : Object.assign(document.createElement("lr-chart"), { chart }));
  image.classList.add("drawn");
}
