// Puts what two elements show of the model that ships into the article, for before a script is there, without one and on paper.
import { runnerImport, type Plugin } from "vite";

const PLACE = /<(lr-hero|lr-follow)( [^>]*)?><\/\1>/g;

export function still(): Plugin {
  return {
    name: "still",
    transformIndexHtml: {
      order: "pre",
      async handler(page) {
        if (page.search(PLACE) < 0) return page;
        const { module } = await runnerImport<typeof import("./drawing")>("./www/build/drawing.ts");
        const drawings = module.drawings();
        return page.replaceAll(PLACE, (_, name: string, attributes = "") => `<${name}${String(attributes)}><div class="static">${drawings[name] ?? ""}</div></${name}>`);
      },
    },
  };
}
