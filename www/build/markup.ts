// A Lit template as the text of a page: what is bound to an event or a property has no place there.
import { nothing, type TemplateResult } from "lit";

/** What stands before a value that is an attribute's: its kind and its name. */
const BINDING = /\s([.@?]?)([\w-]+)=$/;

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function isTemplate(value: object): value is TemplateResult {
  return "strings" in value && "values" in value;
}

export function markup(value: unknown): string {
  if (value === nothing || value === null || value === undefined) return "";
  if (typeof value === "string" || typeof value === "number") return escape(String(value));
  if (Array.isArray(value)) return value.map(markup).join("");
  if (typeof value === "object" && isTemplate(value)) return value.strings.map((before, i) => part(before, value.values[i], i < value.values.length)).join("");
  throw new Error(`the page cannot be built with ${typeof value}`);
}

function part(before: string, value: unknown, bound: boolean): string {
  const binding = bound ? BINDING.exec(before) : null;
  if (!binding) return before + markup(value);
  const [whole, kind, name] = binding;
  const text = before.slice(0, -whole.length);
  if (kind === "?") return value ? `${text} ${name}` : text;
  return kind !== "" || value === nothing ? text : `${text} ${name}="${markup(value)}"`;
}
