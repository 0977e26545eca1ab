// Figures as elements in pages that are not ours.
import type { Page } from "@playwright/test";
import { Article } from "./article";
import { SCRIPT, expect, ready, test } from "./guest";
import { documentedPolicy, page as html } from "./host";

test("one script and one element: a figure of the trained model, which trains", async ({ page, host, complaints }) => {
  const { origin } = await host({ "/course": html(`${SCRIPT}<lr-ablate seed="3" pair-labels="15" engine="cpu"></lr-ablate>`) });
  await page.goto(`${origin}/course?seed=9`);
  await ready(page, "lr-ablate");
  const figure = page.locator("lr-ablate");
  await expect(figure.locator(".number")).toHaveCount(0);
  await figure.getByRole("button", { name: "Train", exact: true }).click();
  await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000 steps/, { timeout: 120_000 });
  await figure.getByRole("button", { name: "EP", exact: true }).click();
  await expect(figure.getByTestId("finding")).toContainText("picks the order at chance");
  expect(page.url()).toBe(`${origin}/course?seed=9`);
  expect(complaints).toEqual([]);
});

test("a sandboxed frame with scripts alone, from a server without special headers", async ({ page, host, complaints }) => {
  const { origin } = await host({
    "/course": html(`<iframe sandbox="allow-scripts" width="700" src="/site/embed.html?figure=ablate"></iframe><script type="module" src="/site/examples/host.js"></script>`),
  });
  await page.goto(`${origin}/course`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByTestId("state")).toHaveAttribute("data-phase", "ready");
  await frame.getByRole("button", { name: "EP", exact: true }).click();
  await expect(frame.getByTestId("finding")).toContainText("picks the order at chance");
  await expect.poll(async () => (await page.locator("iframe").boundingBox())?.height ?? 0).toBeGreaterThan(400);
  expect(complaints).toEqual([]);
});

test("from another origin, which allows it", async ({ page, host, complaints }) => {
  const site = await host({}, { "access-control-allow-origin": "*" });
  const { origin } = await host({ "/course": html(`<script type="module" src="${site.origin}/site/lib/leftright.js"></script><lr-ablate></lr-ablate>`) });
  await page.goto(`${origin}/course`);
  await ready(page, "lr-ablate");
  expect(site.asked.some((path) => path.endsWith(".wasm"))).toBe(true);
  expect(complaints).toEqual([]);
});

test("under no more than the policy that we ask for", async ({ page, host, complaints }) => {
  const site = await host({}, { "access-control-allow-origin": "*" });
  const element = `<script type="module" src="${site.origin}/site/lib/leftright.js"></script><lr-ablate engine="cpu"></lr-ablate>`;
  const policy = documentedPolicy(site.origin);
  const { origin } = await host({ "/course": html(element, policy), "/strict": html(element, policy.replace(` blob:`, "")) });
  await page.goto(`${origin}/course`);
  const figure = page.locator("lr-ablate");
  await figure.getByRole("button", { name: "Train", exact: true }).click();
  await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
  await figure.getByText("Keep", { exact: true }).click();
  const download = page.waitForEvent("download");
  await figure.getByRole("button", { name: "PNG", exact: true }).click();
  await download;
  expect(complaints).toEqual([]);
  // With less, one line says what is missing.
  await page.goto(`${origin}/strict`);
  await expect(figure.getByRole("alert")).toContainText(`worker-src ${site.origin} blob:`);
});

const HOSTILE = `<style>
  html { font-size: 10px; }
  * { all: revert; letter-spacing: 0.5em !important; text-transform: uppercase !important; visibility: hidden; }
  div, button, p, table, svg, span, figure, h2, progress, label, fieldset { color: red !important; display: none !important; }
  lr-ablate, lr-train, lr-gradient { display: inline; color: red !important; font: 40px fantasy !important; }
  :root { --ink: red; --paper: red; --muted: red; --sans: fantasy; --space-4: 99px; }
</style>`;

for (const name of ["lr-ablate", "lr-train", "lr-gradient", "lr-strip", "lr-diversity"]) {
  test(`${name}: a page's styles do not come in, and none go out`, async ({ page, host }) => {
    const { origin } = await host({
      "/plain": html(`${SCRIPT}<${name}></${name}><p id="mine">mine</p>`),
      "/without": html(`<p id="mine">mine</p>`),
      "/hostile": html(`${SCRIPT}<${name}></${name}><p id="mine">mine</p>`, HOSTILE),
    });
    /** Size and colours of everything in the figure, and in the elements within it. */
    const look = async (path: string) => {
      await page.goto(origin + path);
      await expect(page.locator(name)).toHaveJSProperty("isUpdatePending", false);
      if (name === "lr-strip") await expect(page.locator(name).locator("svg").first()).toBeAttached();
      else await expect(page.locator(name).getByTestId("finding")).not.toBeEmpty();
      // Charts are drawn a frame after their figure.
      await page.waitForTimeout(500);
      return page.locator(name).evaluate((figure) => {
        const seen: string[] = [];
        const walk = (root: ShadowRoot) => {
          for (const element of root.querySelectorAll("*")) {
            if (!["STYLE", "OPTION", "OPTGROUP"].includes(element.tagName)) {
              const { color, fontFamily, fontSize, display, visibility, letterSpacing, textTransform, backgroundColor } = getComputedStyle(element);
              const { width, height } = element.getBoundingClientRect();
              seen.push([element.localName, color, fontFamily, fontSize, display, visibility, letterSpacing, textTransform, backgroundColor, Math.round(width), Math.round(height)].join(" "));
            }
            if (element.shadowRoot) walk(element.shadowRoot);
          }
        };
        if (figure.shadowRoot) walk(figure.shadowRoot);
        return seen;
      });
    };
    const plain = await look("/plain");
    expect(plain.length).toBeGreaterThan(10);
    const outside = () => page.locator("#mine").evaluate((own) => [own, document.body, document.documentElement].map((element) => Array.from(getComputedStyle(element), (name) => `${name}: ${getComputedStyle(element).getPropertyValue(name)}`).filter((line) => !/^(height|block-size|perspective-origin|transform-origin|inset|top|bottom)/.test(line)).join("; ")));
    const beside = await outside();
    const hostile = await look("/hostile");
    expect(hostile.length).toBe(plain.length);
    expect(hostile.map((line, i) => (line === plain[i] ? "" : `${plain[i] ?? ""} -> ${line}`)).filter((line) => line !== "").slice(0, 4)).toEqual([]);
    await page.goto(`${origin}/without`);
    expect(await outside()).toEqual(beside);
  });
}

test("a page sets the design's constants under their own names, and styles parts", async ({ page, host }) => {
  const style = `<style>:root { --lr-ink: rgb(1, 2, 3); } lr-ablate::part(heading) { font-size: 33px; }</style>`;
  const { origin } = await host({ "/course": html(`${SCRIPT}<lr-ablate number="7" theme="dark"></lr-ablate>`, style) });
  await page.goto(`${origin}/course`);
  const heading = page.locator("lr-ablate").getByRole("heading");
  await expect(heading).toHaveCSS("color", "rgb(1, 2, 3)");
  await expect(heading).toHaveCSS("font-size", "33px");
  await expect(page.locator("lr-ablate").locator("figure")).toHaveCSS("background-color", "rgb(21, 23, 27)");
  await expect(page.locator("lr-ablate").getByText("Figure 7", { exact: true })).toBeVisible();
});

for (const scheme of ["light", "dark"] as const) {
  test(`a figure takes the ${scheme} colours that the page has, or those it is told`, async ({ page, host }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const { origin } = await host({
      "/course": html(`${SCRIPT}<lr-ablate id="none"></lr-ablate><lr-ablate id="auto" theme="auto"></lr-ablate><lr-ablate id="light" theme="light"></lr-ablate><lr-ablate id="dark" theme="dark"></lr-ablate>`),
    });
    await page.goto(`${origin}/course`);
    const [light, dark] = ["rgb(28, 30, 34)", "rgb(233, 230, 223)"];
    const ink = (id: string) => expect(page.locator(id).locator("figure"));
    await ink("#none").toHaveCSS("color", light); // the page is light, whatever the system
    await ink("#auto").toHaveCSS("color", scheme === "light" ? light : dark);
    await ink("#light").toHaveCSS("color", light);
    await ink("#dark").toHaveCSS("color", dark);
    await expect(page.locator("#dark").locator("button").first()).toHaveCSS("background-color", dark);
    await page.goto(`${origin}/site/embed.html?figure=ablate`);
    await ink("lr-ablate").toHaveCSS("color", scheme === "light" ? light : dark);
  });
}

test("attributes: wrong ones are told in a line and the defaults used, controls hide, locks hold", async ({ page, host }) => {
  const { origin } = await host({
    "/course": html(`${SCRIPT}
      <lr-ablate id="wrong" seed="<img src=x>" pair-labels="99" controls="some" start="later"></lr-ablate>
      <lr-ablate id="bare" controls="none"></lr-ablate>
      <lr-train id="locked" lock="seed pair-labels" start="untrained"></lr-train>
      <lr-train id="unlocked" lock="zzz pair_labels" start="untrained"></lr-train>
      <lr-abalte></lr-abalte>
      <lr-strip positions="3 3"></lr-strip>`),
  });
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  await page.goto(`${origin}/course`);
  const wrong = page.locator("#wrong");
  await expect(wrong.locator("[part=message]")).toHaveCount(4);
  await expect(wrong).toContainText("seed is “<img src=x>”, but must be a whole number");
  await expect(wrong).toContainText("pair_labels is “99”, but must be a whole number between");
  await expect(wrong).toContainText("controls is “some”, but must be one of all, none.");
  await expect(wrong).toContainText("start is “later”, but must be one of trained, untrained, training.");
  await expect(wrong.locator("img")).toHaveCount(0);
  await expect(wrong.getByTestId("state")).toHaveAttribute("data-phase", "ready");

  await expect(page.locator("#bare").getByTestId("finding")).not.toBeEmpty();
  await expect(page.locator("#bare").locator("button:visible, input:visible, select:visible")).toHaveCount(0);

  await expect(page.locator("#unlocked").getByRole("alert")).toHaveText(
    "lock is “zzz”, but must be one of seed, pair-labels, single-layouts, pair-layouts, engine. It is as if it were not there.",
  );
  await expect(page.locator("#unlocked").getByLabel("Labels in pairs")).toBeDisabled(); // by the setting's own name too
  expect(said.filter((text) => text.includes("lr-abalte"))).toEqual([expect.stringMatching(/^leftright: the page has <lr-abalte>, which is no figure\. The figures are lr-ablate, /)]);
  const locked = page.locator("#locked");
  await expect(locked.getByTestId("state")).toHaveText("Untrained. Press Train.");
  await expect(locked.getByLabel("Seed")).toBeDisabled();
  await expect(locked.getByLabel("Labels in pairs")).toBeDisabled();
  await expect(locked.getByLabel("Positions per label")).toBeEnabled();
  await expect(page.locator("lr-strip")).toContainText("positions must be two different whole numbers");
});

test("properties and attributes are one, settings choose the run, and events tell of it in plain data", async ({ page, host }) => {
  const { origin } = await host({ "/course": html(`${SCRIPT}<div id="around"><lr-train seed="2" engine="cpu" start="untrained"></lr-train><lr-ablate seed="2" engine="cpu" start="untrained"></lr-ablate></div>`) });
  await page.goto(`${origin}/course`);
  await ready(page, "lr-train");
  await page.evaluate(() => {
    const told: Record<string, unknown[]> = {};
    Object.assign(globalThis, { told });
    for (const name of ["lr-change", "lr-trained", "lr-ablate", "lr-move"]) {
      document.querySelector("#around")?.addEventListener(name, (event) => {
        (told[name] ??= []).push(JSON.parse(JSON.stringify((event as CustomEvent).detail)));
      });
    }
  });
  const told = (name: string) => page.evaluate((name) => (globalThis as unknown as { told: Record<string, unknown[]> }).told[name] ?? [], name);

  await page.locator("lr-train").getByRole("button", { name: "Train", exact: true }).click();
  await expect.poll(() => told("lr-trained"), { timeout: 120_000 }).toHaveLength(2); // both figures show this run
  expect((await told("lr-trained")).map((detail) => (detail as { figure: string }).figure).sort()).toEqual(["ablate", "train"]);
  expect((await told("lr-trained"))[0]).toMatchObject({ phase: "ready", step: 1000, settings: { seed: 2 }, accuracies: { unseen: {} }, loss: expect.any(Number) });

  await page.locator("lr-ablate").getByRole("button", { name: "EP", exact: true }).click();
  await expect.poll(() => told("lr-ablate")).toHaveLength(1);
  expect((await told("lr-ablate"))[0]).toMatchObject({ terms: ["EP"], strength: 0, heads: null, after: { unseen: { recognition: expect.any(Number) as unknown } } });

  const figure = page.locator("lr-ablate");
  await figure.evaluate((element) => { Object.assign(element, { seed: 5 }); });
  await expect(figure).toHaveAttribute("seed", "5");
  await expect(figure.getByTestId("state")).toHaveText("Untrained. Press Train.");
  expect((await told("lr-change")).at(-1)).toMatchObject({ figure: "ablate", settings: { seed: 5 } });
  await expect(page.locator("lr-train").getByTestId("state")).toHaveText(/^Trained for 1,000/);
});

/** Counts, from before any script of the page, what a page would leak. */
function count(): void {
  const counts = { workers: 0, ended: 0, listeners: 0, observers: 0, timers: 0, urls: 0 };
  Object.assign(globalThis, { counts });
  const NativeWorker = Worker;
  globalThis.Worker = class extends NativeWorker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      counts.workers += 1;
    }
    override terminate(): void {
      counts.ended += 1;
      super.terminate();
    }
  };
  // Listeners on what outlives a figure: the page, its window and media queries, and the library's own targets (plain EventTargets).
  const lasting = (target: EventTarget) =>
    target === window || target === document || target instanceof MediaQueryList || !(target instanceof Node || target instanceof Worker || target instanceof MessagePort);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on their targets below
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const alive = new Map<EventTarget, Set<string>>();
  const ids = new WeakMap<object, number>();
  let next = 0;
  const key = (type: string, listener: object) => {
    if (!ids.has(listener)) ids.set(listener, next++);
    return `${type} ${ids.get(listener) ?? ""}`;
  };
  const recount = () => (counts.listeners = [...alive.values()].reduce((sum, of) => sum + of.size, 0));
  EventTarget.prototype.addEventListener = function (this: EventTarget, type: string, listener: EventListener | null, options?: AddEventListenerOptions | boolean) {
    const target = (this as EventTarget | undefined) ?? window;
    if (listener && lasting(target)) alive.set(target, (alive.get(target) ?? new Set()).add(key(type, listener)));
    recount();
    addEventListener.call(target, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (this: EventTarget, type: string, listener: EventListener | null, options?: AddEventListenerOptions | boolean) {
    const target = (this as EventTarget | undefined) ?? window;
    if (listener) alive.get(target)?.delete(key(type, listener));
    recount();
    removeEventListener.call(target, type, listener, options);
  };
  for (const name of ["ResizeObserver", "IntersectionObserver", "MutationObserver"] as const) {
    const observing = new Set<object>();
    const prototype = globalThis[name].prototype as { observe: (...args: unknown[]) => void; disconnect: () => void };
    const { observe, disconnect } = prototype;
    prototype.observe = function (...args) {
      if (!observing.has(this)) counts.observers += 1;
      observing.add(this);
      observe.apply(this, args);
    };
    prototype.disconnect = function () {
      if (observing.delete(this)) counts.observers -= 1;
      disconnect.apply(this);
    };
  }
  const intervals = new Set<number>();
  const { setInterval: start, clearInterval: stop } = globalThis;
  globalThis.setInterval = ((...args: Parameters<typeof setInterval>) => {
    const id = start(...args) as unknown as number;
    intervals.add(id);
    counts.timers = intervals.size;
    return id;
  }) as unknown as typeof setInterval;
  globalThis.clearInterval = ((id: number) => {
    intervals.delete(id);
    counts.timers = intervals.size;
    stop(id);
  }) as typeof clearInterval;
}

interface Counts {
  workers: number;
  ended: number;
  listeners: number;
  observers: number;
  timers: number;
}
const counts = (page: Page) => page.evaluate(() => (globalThis as unknown as { counts: Counts }).counts);

test("twenty figures on one page share one worker, and those of equal settings one model", async ({ page, host, complaints }) => {
  await page.addInitScript(count);
  const figures = ["ablate", "gradient", "train", "reversal", "diversity"];
  const twenty = Array.from({ length: 20 }, (_, i) => `<lr-${figures[i % 5] ?? ""} engine="cpu" seed="${i % 2}"></lr-${figures[i % 5] ?? ""}>`);
  const { origin } = await host({ "/course": html(SCRIPT + twenty.join("")) });
  await page.goto(`${origin}/course`);
  for (const figure of await page.locator("body > :not(script)").all()) {
    await figure.scrollIntoViewIfNeeded();
    await expect(figure.getByTestId("finding")).not.toBeEmpty();
  }
  await expect(page.locator("body > :not(:defined)")).toHaveCount(0);
  await page.locator("lr-train").first().getByRole("button", { name: "Train", exact: true }).click();
  await expect(page.locator("lr-train").first().getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
  const states = await page.locator("lr-train").getByTestId("state").allTextContents();
  expect(new Set(states).size).toBe(2); // seed 0 trained, seed 1 not
  expect(await counts(page)).toMatchObject({ workers: 1, ended: 0 });
  expect(complaints).toEqual([]);
});

test("ten times added and removed, also in the midst of training: no worker, listener, observer or timer stays", async ({ page, host }) => {
  await page.addInitScript(count);
  const { origin } = await host({ "/course": html(`${SCRIPT}<div id="here"></div>`) });
  await page.goto(`${origin}/course`);
  const cycle = async (train: boolean) => {
    await page.evaluate(() => {
      const names = ["lr-train", "lr-ablate", "lr-gradient", "lr-surgery", "lr-slope", "lr-strip"];
      document.querySelector("#here")?.replaceChildren(...names.map((name) => document.createElement(name)));
    });
    await ready(page, "lr-train");
    const during = await counts(page);
    if (train) {
      await page.locator("lr-train").getByRole("button", { name: "Train", exact: true }).click();
      await expect.poll(async () => Number(await page.locator("lr-train").getByTestId("state").getAttribute("data-step"))).toBeGreaterThan(20);
      await page.locator("lr-slope").getByRole("button", { name: "Run", exact: true }).click();
      await expect.poll(async () => (await counts(page)).workers - (await counts(page)).ended).toBeGreaterThan(1);
    }
    await page.evaluate(() => { document.querySelector("#here")?.replaceChildren(); });
    await expect.poll(async () => { const { workers, ended } = await counts(page); return workers - ended; }).toBe(0);
    return during;
  };
  const during = await cycle(true);
  const { workers, ended, ...first } = await counts(page);
  // The counting counts.
  expect(during.listeners).toBeGreaterThan(first.listeners + 5);
  expect(during.observers).toBeGreaterThan(first.observers + 3);
  expect(workers).toBeGreaterThan(1);
  expect(ended).toBe(workers);
  for (let i = 0; i < 9; i++) await cycle(i === 4);
  expect(await counts(page)).toMatchObject(first);
});

test("a figure that is moved keeps its model, and one that comes back begins again", async ({ page, host }) => {
  const { origin } = await host({ "/course": html(`${SCRIPT}<div id="a"><lr-train engine="cpu" start="untrained"></lr-train></div><div id="b"></div>`) });
  await page.goto(`${origin}/course`);
  await ready(page, "lr-train");
  const state = page.locator("lr-train").getByTestId("state");
  await page.locator("lr-train").getByRole("button", { name: "Step", exact: true }).click();
  await expect(state).toHaveAttribute("data-step", "1");
  await page.evaluate(() => { document.querySelector("#b")?.append(document.querySelector("lr-train") ?? ""); });
  await page.waitForTimeout(200);
  await expect(state).toHaveAttribute("data-step", "1");
  await page.evaluate(async () => {
    const figure = document.querySelector("lr-train") ?? document.createElement("p");
    figure.remove();
    await new Promise((resolve) => setTimeout(resolve, 100));
    document.querySelector("#a")?.append(figure);
  });
  await expect(state).toHaveText("Untrained. Press Train.");
});

test("the article's figures give the code that embeds them as they are, and it does", async ({ page, context, baseURL, host }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("./?seed=7&engine=cpu");
  const figure = await new Article(page).figure("lr-ablate");
  const menu = figure.getByTestId("embed");
  await menu.getByText("Embed", { exact: true }).click();
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const copied = async (name: string) => {
    await page.evaluate(() => navigator.clipboard.writeText(""));
    await menu.getByRole("button", { name }).click();
    await expect(menu.getByRole("status")).toHaveText("Copied. Paste it into your page.");
    await expect.poll(clipboard).not.toBe("");
    return clipboard();
  };
  const site = new URL(baseURL ?? "").href;
  const element = await copied("Copy as an element");
  expect(element).toBe(`<script type="module" src="${site}lib/leftright.js"></script>\n<lr-ablate seed="7" engine="cpu"></lr-ablate>`);
  const frame = await copied("Copy as a frame");
  expect(frame).toContain(`src="${site}embed.html?figure=ablate&amp;seed=7&amp;engine=cpu"`);

  // What is cut is in the code too.
  await figure.getByRole("button", { name: "EP", exact: true }).click();
  expect(await copied("Copy as an element")).toContain(`<lr-ablate seed="7" engine="cpu" ablate="EP"></lr-ablate>`);

  const ours = await host({});
  const { origin } = await host({ "/element": html(element.replaceAll(site, "/site/")), "/frame": html(frame.replaceAll(site, `${ours.origin}/site/`)) });
  await page.goto(`${origin}/element`);
  await ready(page, "lr-ablate");
  await page.goto(`${origin}/frame`);
  await expect(page.frameLocator("iframe").getByTestId("state")).toHaveAttribute("data-phase", "ready");
  await expect(page.frameLocator("iframe").locator("lr-ablate")).toHaveAttribute("seed", "7");
});
