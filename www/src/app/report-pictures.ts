// The report's pictures, drawn by the page's own charts: in its type and its theme, as wide as there is room, read by pointer and
// by keyboard. Without a script, and where their numbers cannot be had, they are the images that stand in the page.
import type { Chart } from "../engine/pkg/leftright.js";

/** By file, the pictures of an experiment. */
const EXPERIMENTS = import.meta.glob<Chart[]>("../../../figures/*.json", { import: "default" });

/** What `data-picture` names: an experiment's file, and which of its pictures. */
const NAME = /^(.+)-(\d+)$/;

export function drawPictures(figure: Element): void {
  // What fails leaves an image.
  for (const image of figure.querySelectorAll<HTMLImageElement>("img[data-picture]")) draw(image).catch(() => undefined);
}

async function draw(image: HTMLImageElement): Promise<void> {
  const [, experiment = "", number] = NAME.exec(image.dataset.picture ?? "") ?? [];
  const load = EXPERIMENTS[`../../../figures/${experiment}.json`];
  if (!load) return;
  const [charts] = await Promise.all([load(), import("../charts/lr-chart")]);
  const chart = charts[Number(number) - 1];
  if (!chart) return;
  const drawn = document.createElement("lr-chart");
  Object.assign(drawn, { chart });
  image.replaceWith(drawn);
}
