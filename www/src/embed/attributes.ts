// What the attributes of a figure may be called.
import { RUN_NAMES, STARTS } from "../run/address";

/** The switches, and what each may say. */
export const SWITCHES = {
  start: STARTS,
  controls: ["all", "none"],
  theme: ["light", "dark", "auto"],
} as const;

/** The attribute of a setting or a view. */
export function attributeOf(name: string): string {
  return name.replaceAll("_", "-");
}

/** Settings and views. */
export const RUN_ATTRIBUTES = RUN_NAMES.map(attributeOf);

/** Every attribute of a figure. */
export const ATTRIBUTES = [...new Set([...RUN_ATTRIBUTES, ...Object.keys(SWITCHES), "lock", "number", "present", "lang", "ask"])];

/** Those of `lr-strip`, which shows no run. */
export const STRIP_ATTRIBUTES = ["labels", "positions", "pixels", "fixed", "aligned", "lang", "theme"];

/** Attributes that any element may have, and what frameworks write for themselves: none of them is a misspelling of ours. */
const NOT_OURS =
  /^(id|class|style|slot|part|exportparts|title|hidden|lang|dir|role|tabindex|is|nonce|inert|draggable|translate|item.*|data-.*|aria-.*|on.*|_.*|ng-.*|v-.*|x-.*|.*[:@.].*)$/;

/** Names among an element's attributes that look like ours and are not. */
export function unknownAttributes(element: Element): string[] {
  return element.getAttributeNames().filter((name) => !NOT_OURS.test(name) && !ATTRIBUTES.includes(name));
}
