// Puts what two elements show of the model that ships into the article, for before a script is there, without one and on paper.
import { runnerImport, type Plugin } from "vite";

const PLACE = /<(lr-hero|lr-follow)( [^>]*)?><\/\1>/g;

export function still(): Plugin {
  return {
    name: "still",
    transformIndexHtml: {
      order: "pre",
      async handler(page, { path }) {
        if (path !== "/index.html") return page;
        const { module } = await runnerImport<typeof import("./drawing")>("./www/build/drawing.ts");
        const drawings = module.drawings();
        return filled(page, drawings);
      },
    },
  };
}

/** The page with every drawing in its place; one without a place, or a place without a drawing, fails the build. */
export function filled(page: string, drawings: Record<string, string>): string {
  const left = new Set(Object.keys(drawings));
  const whole = page.replaceAll(PLACE, (_, name: string, attributes = "") => {
    if (!left.delete(name)) throw new Error(`there is no drawing for <${name}>, or the page has it twice`);
    return `<${name}${String(attributes)}><div class="static">${drawings[name] ?? ""}</div></${name}>`;
  });
  if (left.size > 0) throw new Error(`the page has no place for the drawing of ${[...left].join(", ")}`);
  return whole;
}
