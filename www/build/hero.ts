// Puts the drawing at the head of the article into its page, for before a script is there, without one and on paper.
import { runnerImport, type Plugin } from "vite";

const ELEMENT = "<lr-hero></lr-hero>";

export function hero(): Plugin {
  return {
    name: "hero",
    transformIndexHtml: {
      order: "pre",
      async handler(page) {
        if (!page.includes(ELEMENT)) return page;
        const { module } = await runnerImport<typeof import("./drawing")>("./www/build/drawing.ts");
        return page.replace(ELEMENT, `<lr-hero><div class="static">${module.drawing()}</div></lr-hero>`);
      },
    },
  };
}
