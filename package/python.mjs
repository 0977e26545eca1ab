// The widgets of the Python package, one class for each element, from the manifest: python/leftright/figures.py.
import { readFileSync } from "node:fs";
import { SETTINGS } from "./manifest.config.mjs";

/** Attributes that the traits of every widget of a run stand for (python/leftright/widgets.py). */
const [, VIEWS] = /VIEW_NAMES = \[(.*)\]/.exec(readFileSync("www/src/run/views.ts", "utf8"));
/** Events that are told in a trait, by its name (www/src/embed/widget-state.ts); the others' details are traits of their own. */
const [, EVENTS] = /EVENTS = (\{[^}]*\})/.exec(readFileSync("www/src/embed/widget-state.ts", "utf8"));
const TOLD = JSON.parse(EVENTS);

const IN_TRAITS = [...SETTINGS.map(({ name }) => name), ...JSON.parse(`[${VIEWS}]`)];

/** Attributes whose text is a list, which is one in Python too. */
const LISTS = {
  ask: { is: "Terms(", type: "str | list[str]", help: "Terms: before they are cut the reader is asked how often the order will be right without them." },
  lock: { is: "SettingNames(", type: "str | list[str]", help: "Settings that a reader cannot change, as in `['seed', 'pair_labels']`." },
  labels: { is: "Pair((16, 17), ", type: "Sequence[int]", help: "What the two objects are." },
  positions: { is: "Pair((2, 7), ", type: "Sequence[int]", help: "Where they stand, in pixels from 0; follows what the reader does." },
};
/** Where an attribute is not there, and null says too little. */
const USUAL = { pixels: "10" };

const className = (tag) => tag.slice("lr-".length).split("-").map((word) => word[0].toUpperCase() + word.slice(1)).join("");
const trait = (name) => name.replaceAll("-", "_");
/** A list in Python. */
const list = (union) => `[${union.replaceAll(" | ", ", ")}]`;

function constructor({ name, type: { text }, minimum, maximum }) {
  if (LISTS[name]) return LISTS[name].is;
  if (text === "boolean") return "Bool(False, ";
  if (text === "string") return "Unicode(None, allow_none=True, ";
  if (text.startsWith('"')) return `Enum(${list(text)}, None, allow_none=True, `;
  if (text !== "number") throw new Error(`${name} is ${text}, which no trait is made for`);
  const bounds = minimum === undefined ? "" : `min=${minimum}, max=${maximum}, `;
  return `Int(${USUAL[name] ?? "None, allow_none=True"}, ${bounds}`;
}

function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}

function declared(attribute) {
  const help = JSON.stringify(LISTS[attribute.name]?.help ?? sentence(attribute.description));
  return `    ${trait(attribute.name)} = ${constructor(attribute)}help=${help}).tag(sync=True)`;
}

function told({ name, description }) {
  return `    ${TOLD[name]} = Dict(default_value=None, allow_none=True, read_only=True, help=${JSON.stringify(`The last: ${description}.`)}).tag(sync=True)\n`;
}

function widget({ tagName, description, attributes, events }, base, of) {
  const own = attributes.filter(({ name }) => !of.includes(name));
  const name = className(tagName);
  const typed = own.length > 0;
  return `${typed ? keywords(name, base === "Figure" ? "FigureTraits" : "Traits", own) : ""}class ${name}(${base}):
    """${sentence(description.replaceAll("\n", " "))}"""

    figure = Unicode("${tagName.slice("lr-".length)}", read_only=True, help="The figure's name.").tag(sync=True)
${own.map((attribute) => `${declared(attribute)}\n`).join("")}${events.filter(({ name }) => TOLD[name]).map(told).join("")}${typed ? typedConstructor(name) : ""}`;
}

/** The traits that a class adds to what it may be made with, which a checker of types knows by this. */
function keywords(name, base, attributes) {
  const typed = attributes.map((attribute) => `    ${trait(attribute.name)}: ${pythonType(attribute)}\n`).join("");
  return `class ${name}Traits(${base}, total=False):
    """What ${name} may be made with."""

${typed}

`;
}

function pythonType({ name, type: { text } }) {
  if (LISTS[name]) return LISTS[name].type;
  if (text === "boolean") return "bool";
  const type = { number: "int", string: "str" }[text] ?? `Literal${list(text)}`;
  return USUAL[name] ? type : `${type} | None`;
}

const typedConstructor = (name) => `
    if TYPE_CHECKING:

        def __init__(self, **traits: Unpack[${name}Traits]) -> None: ...
`;

/** The module's text. */
export function pythonWidgets({ modules }) {
  const elements = modules.flatMap(({ declarations }) => declarations).sort((a, b) => a.tagName.localeCompare(b.tagName));
  const strip = elements.find(({ tagName }) => tagName === "lr-strip");
  const figures = elements.filter((element) => element !== strip);
  // What all of them have.
  const shared = figures.map(({ attributes }) => attributes).reduce((common, attributes) => common.filter(({ name }) => attributes.some((one) => one.name === name)));
  const added = shared.filter(({ name }) => !IN_TRAITS.includes(name));
  const names = [...IN_TRAITS, ...shared.map(({ name }) => name)];
  const classes = [...figures.map((figure) => widget(figure, "Figure", names)), widget(strip, "Widget", [])];
  return `"""The figures as widgets, one class for each element of the npm package; \`package/build.mjs\` writes this from its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from traitlets import Bool, Dict, Enum, Int, Unicode

from .widgets import Pair, RunTraits, RunWidget, SettingNames, Terms, Traits, Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Unpack

__all__ = [
${elements.map(({ tagName }) => `    "${className(tagName)}",\n`).join("")}]


${keywords("Figure", "RunTraits", added)}class Figure(RunWidget):
    """A figure of a model, whose settings \`config\` says."""

${added.map((attribute) => `${declared(attribute)}\n`).join("")}${typedConstructor("Figure")}

${classes.join("\n\n")}`;
}
