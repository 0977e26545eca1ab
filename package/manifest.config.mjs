// The custom-elements manifest, from the sources: the figures' own doc comments, the crate's settings and the design's constants.
// It says what a page may use, and nothing of what is private.
import { readFileSync, readdirSync } from "node:fs";
import { configFields, initSync } from "../www/src/engine/pkg/viewer.js";

const tokens = readFileSync("www/src/style/tokens.css", "utf8");
const cssProperties = [...tokens.slice(0, tokens.indexOf(":root[")).matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, standard]) => ({
  name: `--lr-${name}`,
  default: standard,
}));

initSync({ module: readFileSync("www/src/engine/pkg/viewer_bg.wasm") });

function textOf({ kind, min, max }) {
  if (kind === "flag") return { text: '"true" | "false"' };
  if (kind.choice) return { text: kind.choice.map((choice) => JSON.stringify(choice)).join(" | ") };
  return { text: "number", minimum: min, maximum: max };
}

/** The crate's settings, each an attribute of every figure with a run, and the one of a run that is no setting. */
export const SETTINGS = configFields().map((field) => {
  const { text, ...bounds } = textOf(field);
  return { name: field.name.replaceAll("_", "-"), type: { text }, default: String(field.default), description: `${field.help}.`, ...bounds };
});
const STEPS = { name: "steps", type: { text: "number" }, default: "1000", description: "How far it trains, where `start` is `training`.", minimum: 1, maximum: 1_000_000 };

/** The modules of the package that define elements. */
const MODULES = readdirSync("www/src/embed/figures").map((file) => file.replace(".ts", ""));

function moduleOf({ tagName }, path) {
  const name = path.includes("/experiments/") ? "experiments" : tagName.replace("lr-", "");
  return MODULES.includes(name) ? name : null;
}

/** Without what the analyzer says of our sources. */
function plain({ inheritedFrom, ...rest }) {
  return rest;
}

/** What is behind the names of types. */
const UNIONS = {
  EngineRequest: /type EngineRequest = (.*);/.exec(readFileSync("www/src/engine/pkg/leftright.d.ts", "utf8"))[1],
  Start: /STARTS = \[(.*)\]/.exec(readFileSync("www/src/run/address.ts", "utf8"))[1].replaceAll(", ", " | "),
};

/** An attribute is text, and where it is not there its property is null. */
function attributeOf(attribute) {
  const { default: standard, type, ...rest } = plain(attribute);
  const bare = type.text.replace(" | null", "").replace("[number, number]", "string");
  const text = UNIONS[bare] ?? bare;
  // The name of a constant of ours would tell nobody anything.
  return { ...rest, type: { text }, ...(/^null$|^[A-Z]+$/.test(standard) ? {} : { default: standard }) };
}

function declaration({ name, tagName, description, attributes = [], members = [], events = [], cssParts = [] }) {
  const ofRun = tagName === "lr-strip" ? [] : [...SETTINGS, STEPS];
  const own = attributes.map((attribute) => ({ ...ofRun.find(({ name }) => name === attribute.name), ...attributeOf(attribute) }));
  const isOwn = (named) => own.some(({ name }) => name === named);
  const properties = members.filter(({ kind, name }) => kind === "field" && attributes.some(({ fieldName }) => fieldName === name));
  return {
    kind: "class",
    customElement: true,
    name,
    tagName,
    description,
    attributes: [...own, ...ofRun.filter(({ name }) => !isOwn(name))],
    members: properties.map(({ kind, name, type, description }) => ({ kind, name, type, description })),
    events: events.map(plain),
    cssParts: cssParts.map(plain),
    cssProperties,
  };
}

/** In the place of the modules of our sources those of the package, each with the elements that it defines. */
function published() {
  return {
    name: "published",
    packageLinkPhase({ customElementsManifest }) {
      const elements = customElementsManifest.modules.flatMap(({ path, declarations = [] }) => declarations.filter(({ tagName }) => tagName).map((element) => [moduleOf(element, path), declaration(element)]));
      customElementsManifest.modules = MODULES.map((name) => {
        const path = `dist/${name}.js`;
        const declarations = elements.filter(([module]) => module === name).map(([, element]) => element);
        const exports = declarations.map(({ name, tagName }) => ({ kind: "custom-element-definition", name: tagName, declaration: { name, module: path } }));
        return { kind: "javascript-module", path, declarations, exports };
      });
    },
  };
}

/** The experiments' titles, in English. */
const HEADINGS = Object.fromEntries(
  [.../headings: \{(.*?)\n {2}\}/s.exec(readFileSync("www/src/words/en-experiments.ts", "utf8"))[1].matchAll(/"?([\w-]+)"?: "(.*)",/g)].map(([, name, heading]) => [name, heading]),
);

/** The experiments' elements, which www/src/experiments/define.ts makes from the table beside it. */
function experiments() {
  const BASES = { models: ["ExperimentFigure", "www/src/experiments/experiment-figure.ts"], run: ["ProbeFigure", "www/src/experiments/probe-figure.ts"] };
  return {
    name: "experiments",
    analyzePhase({ ts, node, moduleDoc }) {
      if (!ts.isObjectLiteralExpression(node) || !moduleDoc.path.endsWith("experiments/table.ts")) return;
      const { name, of } = Object.fromEntries(node.properties.map((property) => [property.name.getText(), property.initializer.text]));
      const [base, module] = BASES[of];
      moduleDoc.declarations.push({
        kind: "class",
        name,
        description: HEADINGS[name],
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
  plugins: [experiments(), published()],
};
