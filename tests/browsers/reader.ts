// A reader in one of the browsers: what can be pressed, and what can be read.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test as base } from "@playwright/test";
import { page as html, serve, type Host } from "../browser/host";
import type { Driver, Point } from "./driver";
import { firefox } from "./firefox";
import { webkit } from "./webkit";

export { expect, html };

const DRIVERS = { firefox, webkit };

/** The way to an element: each step is a selector, or the words on a button after "="; each enters the shadow of the one before. */
type Way = string[];

/** In the page: finds an element. */
function find(...way: Way): HTMLElement | null {
  let at: Element | Document | null = document;
  for (const step of way) {
    const root: ParentNode | null = at && "shadowRoot" in at ? (at.shadowRoot ?? at) : at;
    at = (step.startsWith("=") ? [...(root?.querySelectorAll("button, summary") ?? [])].find((button) => button.textContent.trim() === step.slice(1)) : root?.querySelector(step)) ?? null;
  }
  return at as HTMLElement | null;
}

type Find = typeof find;

export class Reader {
  constructor(
    private readonly driver: Driver,
    readonly downloads: string,
    private readonly within: "page" | "frame" = "page",
  ) {}

  /** The same reader, in the page's one frame. */
  get frame(): Reader {
    return new Reader(this.driver, this.downloads, "frame");
  }

  async open(url: string): Promise<void> {
    await this.driver.open(url);
  }

  async back(): Promise<void> {
    await this.driver.back();
  }

  /** Runs a function where the reader is. It closes over nothing but `find`. */
  async run<A extends unknown[], T>(script: (find: Find, ...given: A) => T | Promise<T>, ...given: A): Promise<T> {
    return (await this.driver.run(`(${script.toString()})(...[${[find.toString(), ...given.map((value) => JSON.stringify(value))].join()}])`, this.within)) as T;
  }

  /** What has gone wrong in the page. */
  async complaints(): Promise<string[]> {
    return this.run(() => (globalThis as { complaints?: string[] }).complaints ?? []);
  }

  /** Scrolls to an element that is loaded when it comes near, again while the page above it is still taking its shape. */
  async comes(tag: string): Promise<void> {
    const there = (find: Find, tag: string) => {
      find(tag)?.scrollIntoView({ behavior: "instant" });
      return customElements.get(tag) !== undefined;
    };
    await expect.poll(() => this.run(there, tag), { message: tag }).toBe(true);
  }

  async text(...way: Way): Promise<string> {
    return this.run((find, way) => find(...way)?.textContent.trim() ?? "", way);
  }

  async attribute(name: string, ...way: Way): Promise<string | null> {
    return this.run((find, name, way) => find(...way)?.getAttribute(name) ?? null, name, way);
  }

  /** Waits until an element says something. */
  async sees(words: RegExp, ...way: Way): Promise<void> {
    await expect.poll(() => this.text(...way), { message: way.join(" ") }).toMatch(words);
  }

  /** Brings a button into the window, as soon as it can be pressed, and clicks it as a script does. */
  async press(...way: Way): Promise<void> {
    const press = (find: Find, way: Way) => {
      const button = find(...way);
      if (button?.ariaDisabled !== null) return false;
      button.scrollIntoView({ block: "center", behavior: "instant" });
      button.click();
      return true;
    };
    await expect.poll(() => this.run(press, way), { message: way.join(" ") }).toBe(true);
  }

  /** Scrolls an element into the middle of the window, and says where a point of it is: its middle, or so much of its width from the left. */
  private async point(way: Way, share = 0.5): Promise<Point> {
    return this.run(async (find, way, share) => {
      const element = find(...way);
      element?.scrollIntoView({ block: "center", behavior: "instant" });
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const { x = 0, y = 0, width = 0, height = 0 } = element?.getBoundingClientRect() ?? {};
      return { x: x + share * width, y: y + height / 2 };
    }, way, share);
  }

  /** How bright an element is where it is brightest, of 255, at so much of its width from the left. */
  async brightness(share: number, ...way: Way): Promise<number> {
    const point = await this.point(way, share);
    const picture = await this.driver.screenshot();
    return this.run(async (_, picture, { x, y }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${picture}`;
      await image.decode();
      const context = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height }).getContext("2d");
      context?.drawImage(image, 0, 0);
      const column = context?.getImageData(Math.round(x), Math.round(y) - 8, 1, 16).data ?? [];
      return Math.max(...column.filter((_, at) => at % 4 === 1)); // green is most of it
    }, picture.toString("base64"), point);
  }

  /** Drags an element sideways with the pointer. */
  async drag(by: number, ...way: Way): Promise<void> {
    const from = await this.point(way);
    await this.driver.stroke([from, { x: from.x + by / 2, y: from.y }, { x: from.x + by, y: from.y }]);
  }

  async type(key: Parameters<Driver["type"]>[0]): Promise<void> {
    await this.driver.type(key);
  }

  /** The file that was saved under this name. */
  async saved(name: RegExp): Promise<Buffer> {
    const content = () => {
      const found = readdirSync(this.downloads).find((file) => name.test(file));
      try {
        return found === undefined ? Buffer.alloc(0) : readFileSync(join(this.downloads, found));
      } catch {
        return Buffer.alloc(0); // a browser writes a file under another name first
      }
    };
    await expect.poll(() => content().length).toBeGreaterThan(0);
    return content();
  }
}

/** In the page, before all else: keeps what goes wrong, since not every driver can read the console. */
function complain(): void {
  const complaints: string[] = [];
  Object.assign(globalThis, { complaints });
  addEventListener("error", ({ message = "", target }: Partial<ErrorEvent>) => {
    // Firefox fails the preload of a module that runs already; and a chart that is measured once more in the next frame is no fault.
    if ((target instanceof HTMLLinkElement && target.rel === "modulepreload") || message.startsWith("ResizeObserver loop")) return;
    complaints.push(message || `${(target as Element).outerHTML.slice(0, 200)} did not load`);
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => {
    // What WebKit says of its own to a page that is left while it holds a lock, and comes back.
    if (!String(reason).includes("Script execution context has stopped")) complaints.push(String(reason));
  });
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => complaints.push(`${violatedDirective} refuses ${blockedURI}`));
  for (const level of ["error", "warn"] as const) {
    const { [level]: say } = console;
    console[level] = (...words: unknown[]) => {
      complaints.push(words.join(" "));
      say(...words);
    };
  }
}

const LISTENING = `<script src="/complain.js"></script>`;
/** The article, which keeps what goes wrong in it. */
export const ARTICLE = readFileSync(new URL("../../www/dist/index.html", import.meta.url), "utf8").replace("<head>", `<head>${LISTENING}`);

export interface Options {
  engine: keyof typeof DRIVERS;
  program: string;
  lang: string;
}
interface Started {
  started: { driver: Driver; downloads: string };
}
interface Given {
  reader: Reader;
  /** A server with pages of the test's own, and the site below /site/. */
  host: (pages: Record<string, string>, headers?: Record<string, string>) => Promise<Host>;
  /** The address of the article. */
  article: string;
}

export const test = base.extend<Given, Options & Started>({
  engine: ["firefox", { option: true, scope: "worker" }],
  program: ["", { option: true, scope: "worker" }],
  lang: ["en_US.UTF-8", { option: true, scope: "worker" }],

  started: [
    async ({ engine, program, lang }, use) => {
      const downloads = mkdtempSync(join(tmpdir(), "leftright-"));
      const driver = await DRIVERS[engine]({ program, lang, downloads });
      await use({ driver, downloads });
      await driver.close();
      rmSync(downloads, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],

  /** What went wrong in the page fails the test. */
  reader: async ({ started: { driver, downloads } }, use, info) => {
    const reader = new Reader(driver, downloads);
    await use(reader);
    if (info.status !== info.expectedStatus) await info.attach("screenshot", { body: await driver.screenshot(), contentType: "image/png" });
    expect(await reader.complaints(), "the page should be free of errors").toEqual([]);
    await driver.open("about:blank");
  },

  host: async ({}, use) => {
    const open: Host[] = [];
    await use(async (pages, headers) => {
      const host = await serve({ ...pages, "/complain.js": `(${complain.toString()})()` }, headers);
      open.push(host);
      return host;
    });
    for (const host of open) host.close();
  },

  article: async ({ host }, use) => {
    const { origin } = await host({ "/site/index.html": ARTICLE });
    await use(`${origin}/site/index.html`);
  },
});

/** A course's page, with something in its body. */
export function course(body: string, head = ""): string {
  return html(body, LISTENING + head);
}
