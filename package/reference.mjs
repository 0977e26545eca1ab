// The reference part of the examples' page, from the manifest: whatever an element takes and tells is written once, in the sources.

/** Text with `code` in it, as HTML. */
function html(text) {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  return escaped.replaceAll(/`([^`]*)`/g, "<code>$1</code>");
}

function values({ type, minimum, maximum }) {
  if (minimum !== undefined) return `${minimum} to ${maximum}`;
  return type.text.replaceAll(" | ", ", ").replaceAll('"', "").replace("string", "text");
}

function rows(attributes) {
  return attributes
    .map(({ name, description, default: usual, ...rest }) => {
      const without = usual === undefined ? "" : ` Without it, ${html(usual)}.`;
      return `<tr><th scope="row"><code>${name}</code></th><td>${values(rest)}</td><td>${html(description)}${without}</td></tr>`;
    })
    .join("\n");
}

function terms(named) {
  return named.map(({ name, description }) => `<dt><code>${name}</code></dt><dd>${html(description)}</dd>`).join("\n");
}

const unique = (named) => [...new Map(named.map((one) => [one.name, one])).values()];

/** Fills each `<… data-from="NAME"></…>` of the page; one that is not there is an error. */
export function withReference(page, { modules }) {
  const elements = modules.flatMap(({ declarations }) => declarations);
  const strip = elements.find(({ tagName }) => tagName === "lr-strip");
  const figures = elements.filter((element) => element !== strip);
  const [{ attributes }] = figures;
  const isSetting = ({ fieldName, name }) => !fieldName && !["steps", "lang"].includes(name);
  const parts = {
    figures: terms(figures.map(({ tagName, description }) => ({ name: tagName, description }))),
    attributes: rows(attributes.filter((attribute) => !isSetting(attribute))),
    settings: rows(attributes.filter(isSetting)),
    strip: rows(strip.attributes),
    events: terms(unique(elements.flatMap(({ events }) => events))),
    parts: terms(unique(elements.flatMap(({ cssParts }) => cssParts))),
  };
  return Object.entries(parts).reduce((filled, [name, content]) => {
    const place = `data-from="${name}">`;
    if (!filled.includes(place)) throw new Error(`the examples' page has no place for ${name}`);
    return filled.replace(place, () => `${place}\n${content}\n`);
  }, page);
}

/** Gives the MyST plugin the names of every element's attributes. */
export function withAttributes(plugin, { modules }) {
  const names = new Set(modules.flatMap(({ declarations }) => declarations).flatMap(({ attributes }) => attributes.map(({ name }) => name)));
  return plugin.replace(/ATTRIBUTES = \[\];.*/, () => `ATTRIBUTES = ${JSON.stringify([...names])};`);
}
