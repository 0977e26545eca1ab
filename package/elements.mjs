// Types of every element's attributes and events, from the manifest: what react.d.ts, vue.d.ts and svelte.d.ts are made of.
export function elementTypes(manifest) {
  const elements = manifest.modules.flatMap(({ declarations }) => declarations);
  const line = ({ name, type, description = "", default: standard, minimum, maximum }) => {
    const bounds = minimum === undefined ? "" : ` From ${minimum} to ${maximum}.`;
    const usual = standard === undefined ? "" : ` Without it, ${standard}.`;
    return `  /** ${description}${bounds}${usual} */\n  ${JSON.stringify(name)}?: ${type.text === "number" ? "number | string" : type.text};`;
  };
  const details = [...new Set(elements.flatMap(({ events }) => events.map(({ type }) => /<(\w+)>/.exec(type.text)[1])))];
  // Nearly all have the same attributes, which are written once.
  const names = new Map();
  for (const { attributes, tagName } of elements) {
    const lines = attributes.map(line).join("\n");
    if (!names.has(lines)) names.set(lines, tagName === "lr-strip" ? "StripAttributes" : "FigureAttributes");
  }
  return `import type { ${details.join(", ")} } from "./leftright.js";

${[...names].map(([lines, name]) => `export interface ${name} {\n${lines}\n}`).join("\n\n")}

/** What an element takes, by its tag. */
export interface Attributes {
${elements.map((element) => `  /** ${element.description.replaceAll("\n", " ")} */\n  ${JSON.stringify(element.tagName)}: ${names.get(element.attributes.map(line).join("\n"))};`).join("\n")}
}

/** What it tells, by its tag. */
export interface Events {
${elements.map(({ tagName, events }) => `  ${JSON.stringify(tagName)}: { ${events.map(({ name, type }) => `${JSON.stringify(name)}: ${type.text}`).join("; ")} };`).join("\n")}
}
`;
}
