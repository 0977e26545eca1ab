// The elements in JSX, for React 19: `import type {} from "leftright/react";`
import type { HTMLAttributes, RefAttributes } from "react";
import type { Attributes, Events } from "./dist/elements.js";

type Handlers<T extends keyof Events> = { [E in keyof Events[T] & string as `on${E}`]?: (event: Events[T][E]) => void };
type Props<T extends keyof Attributes> = Attributes[T] & Handlers<T> & RefAttributes<HTMLElementTagNameMap[T]> & Omit<HTMLAttributes<HTMLElementTagNameMap[T]>, keyof Attributes[T]>;
type Elements = { [T in keyof Attributes]: Props<T> };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements extends Elements {}
  }
}
