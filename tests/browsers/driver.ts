// What the scenarios ask of a browser; firefox.ts and webkit.ts do it.
export interface Point {
  x: number;
  y: number;
}

export type Key = "ArrowLeft" | "ArrowRight" | "Enter";

export interface Driver {
  /** Opens an address, and waits until it has loaded. */
  open(url: string): Promise<void>;
  /** Goes back to the page before. */
  back(): Promise<void>;
  /** What an expression comes to, in the page or in its one frame. */
  run(expression: string, within: "page" | "frame"): Promise<unknown>;
  /** Puts the pointer down at the first point, moves it along the others, and lifts it at the last. */
  stroke(path: [Point, ...Point[]]): Promise<void>;
  type(key: Key): Promise<void>;
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

export interface Launch {
  /** The program to start. */
  program: string;
  /** The reader's language, as the environment has it. */
  lang: string;
  /** The folder that downloads go to. */
  downloads: string;
}
