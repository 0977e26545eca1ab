// The elements in Svelte's markup: `import type {} from "leftright/svelte";`
import type { HTMLAttributes } from "svelte/elements";
import type { Attributes, Events } from "./dist/elements.js";

type Handlers<T extends keyof Events> = { [E in keyof Events[T] & string as `on${E}`]?: (event: Events[T][E]) => void };
type Elements = { [T in keyof Attributes]: Attributes[T] & Handlers<T> & Omit<HTMLAttributes<HTMLElementTagNameMap[T]>, keyof Attributes[T]> };

declare module "svelte/elements" {
  interface SvelteHTMLElements extends Elements {}
}
