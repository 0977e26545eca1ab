// The elements in Vue's templates: `import type {} from "leftright/vue";`
import type { HTMLAttributes } from "vue";
import type { Attributes, Events } from "./dist/elements.js";

/** A template's `pair-labels` is checked as `pairLabels`, and its `@lr-change` as `onLrChange`. */
type Camel<Name> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name extends string ? Name : never;
type Props<T extends keyof Attributes> = { [A in keyof Attributes[T] as Camel<A>]: Attributes[T][A] };
type Handlers<T extends keyof Events> = { [E in keyof Events[T] & string as `on${Capitalize<Camel<E>>}`]?: (event: Events[T][E]) => void };
type Elements = { [T in keyof Attributes]: new () => { $props: Props<T> & Handlers<T> & Omit<HTMLAttributes, keyof Props<T>> } };

declare module "vue" {
  interface GlobalComponents extends Elements {}
}
