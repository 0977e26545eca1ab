// The custom-elements manifest, from the sources: the figures' own doc comments, and the design's constants.
import { readFileSync } from "node:fs";

const tokens = readFileSync("www/src/style/tokens.css", "utf8");
const cssProperties = [...tokens.slice(0, tokens.indexOf(":root[")).matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, standard]) => ({
  name: `--lr-${name}`,
  default: standard,
}));

/** What an inherited member's JSDoc does not bring along. */
function inherited() {
  return {
    name: "design-constants",
    packageLinkPhase({ customElementsManifest }) {
      const declarations = customElementsManifest.modules.flatMap((module) => module.declarations ?? []);
      for (const element of declarations) if (element.customElement && element.tagName) element.cssProperties = cssProperties;
    },
  };
}

export default {
  globs: ["www/src/embed/embeddable.ts", "www/src/figures/*.ts"],
  outdir: "package/dist",
  litelement: true,
  packagejson: false,
  plugins: [inherited()],
};
