// What whoever uses the library as one module can rely on, for its compiler.
export type * from "./api";
export { loadFigure } from "./api";

/** What we use of anywidget's model. */
export interface Model {
  get(trait: string): unknown;
  set(trait: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

/** A widget by anywidget's protocol. */
export interface Widget {
  /** Shows the figure that the model asks for; what it gives takes the figure away. */
  render(into: { model: Model; el: HTMLElement }): () => void;
}

declare const widget: Widget;
export default widget;
