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

/** The experiments' elements, which www/src/experiments/define.ts makes from the table beside it. */
function experiments() {
  const BASES = { models: ["ExperimentFigure", "www/src/experiments/experiment-figure.ts"], run: ["ProbeFigure", "www/src/experiments/probe-figure.ts"] };
  return {
    name: "experiments",
    analyzePhase({ ts, node, moduleDoc }) {
      if (!ts.isObjectLiteralExpression(node) || !moduleDoc.path.endsWith("experiments/table.ts")) return;
      const { name, of, heading } = Object.fromEntries(node.properties.map((property) => [property.name.getText(), property.initializer.text]));
      const [base, module] = BASES[of];
      moduleDoc.declarations.push({
        kind: "class",
        name,
        description: heading,
        customElement: true,
        tagName: `lr-${name}`,
        superclass: { name: base, module: `/${module}` },
      });
      // The analyzer leaves out what no module exports.
      moduleDoc.exports.push({ kind: "custom-element-definition", name: `lr-${name}`, declaration: { name, module: moduleDoc.path } });
    },
  };
}

export default {
  globs: ["www/src/embed/embeddable.ts", "www/src/figures/*.ts", "www/src/experiments/*.ts"],
  outdir: "package/dist",
  litelement: true,
  packagejson: false,
  plugins: [experiments(), inherited()],
};
