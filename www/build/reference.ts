// What the documentation has from the sources themselves, as Markdown: the crate's settings and presets, and whatever an element
// takes and tells.
import { readFileSync } from "node:fs";
import { cli as analyzer } from "@custom-elements-manifest/analyzer/cli.js";
import type { Attribute, CustomElement } from "custom-elements-manifest/schema.d.ts";
import { configFields, initSync, presets, type ConfigField, type Kind } from "../src/engine/pkg/viewer.js";

/** Attributes of a figure that are neither a property nor a setting. */
const OF_NO_SETTING = ["steps", "lang"];

/** Of an attribute of ours that is a number. */
type Bounded = Attribute & { minimum?: number; maximum?: number };

/** Text with `code` in it, in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/`[^`]*`|</g, (found) => (found === "<" ? "&lt;" : found));
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

const code = (text: string) => `\`${text}\``;

function values(kind: Kind, { min, max }: ConfigField): string {
  if (kind === "flag") return "true, false";
  if (typeof kind === "object") return kind.choice.join(", ");
  return `${kind === "integer" ? "whole, " : ""}${min} to ${max}`;
}

const GROUPS = { task: "The world", model: "The model", optimiser: "Training", start: "The start" } as const;

function settings(): string {
  const fields = configFields();
  const rows = (group: keyof typeof GROUPS) =>
    fields.filter((field) => field.group === group).map((field) => [code(field.name), code(String(field.default)), values(field.kind, field), `${field.help}.`]);
  return Object.entries(GROUPS)
    .map(([group, title]) => `## ${title}\n\n${table(["setting", "in preset paper", "values", "what it is"], rows(group as keyof typeof GROUPS))}`)
    .join("\n\n");
}

function named(): string {
  return table(["preset", "what it is"], presets().map(({ name, description }) => [code(name), description]));
}

function attributes(of: CustomElement): string {
  const rows = ((of.attributes ?? []) as Bounded[]).filter(({ fieldName, name }) => fieldName !== undefined || OF_NO_SETTING.includes(name));
  return table(
    ["attribute", "property", "values", "what it does"],
    rows.map(({ name, fieldName, type, minimum, maximum, description = "", default: usual }) => [
      code(name),
      fieldName === undefined ? "" : code(fieldName),
      minimum === undefined ? (type?.text ?? "").replaceAll(" | ", ", ").replaceAll('"', "").replace("string", "text") : `${minimum} to ${maximum}`,
      description + (usual === undefined ? "" : ` Without it, ${usual}.`),
    ]),
  );
}

/** Names with what they are, each once. */
function list(all: { name: string; description?: string | undefined }[]): string {
  const once = new Map(all.map((one) => [one.name, one]));
  return [...once.values()].map(({ name, description = "" }) => `- ${code(name)}: ${cell(description)}`).join("\n");
}

function missing(name: string): never {
  throw new Error(`the manifest has no ${name}`);
}

/** Each by the name that a page of the documentation asks for it with. */
export async function reference(): Promise<Record<string, string>> {
  initSync({ module: readFileSync("www/src/engine/pkg/viewer_bg.wasm") });
  const { modules } = await analyzer({ argv: ["analyze", "--config", "package/manifest.config.mjs", "--quiet"], noWrite: true });
  const all = modules.flatMap(({ declarations = [] }) => declarations as CustomElement[]);
  const find = (name: string) => all.find(({ tagName }) => tagName === name) ?? missing(name);
  // Of the figures, lr-ablate has every attribute.
  const [figure, strip] = [find("lr-ablate"), find("lr-strip")];
  const figures = all.filter((element) => element !== strip);
  return {
    settings: settings(),
    presets: named(),
    figures: list(figures.map(({ tagName = "", description }) => ({ name: tagName, description }))),
    attributes: attributes(figure),
    strip: attributes(strip),
    events: list(all.flatMap(({ events = [] }) => events)),
    parts: list(all.flatMap(({ cssParts = [] }) => cssParts)),
    properties: table(["property", "without it"], (figure.cssProperties ?? []).map(({ name, default: usual = "" }) => [code(name), code(usual)])),
  };
}
