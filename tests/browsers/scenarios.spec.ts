// The same reader in Firefox and in WebKit; tests/browser has the whole of it, in Chromium.
import { existsSync, readdirSync } from "node:fs";
import { documentedPolicy } from "../browser/host";
import { SAYS } from "../browser/lesson";
import { ARTICLE, course, expect, test, type Reader } from "./reader";

const STATE = "[data-testid=state]";
/** The view beside the text, in a wide window. */
const COCKPIT = "lr-cockpit[number]";
const FINDING = "[data-testid=finding]";

test.skip(({ program }) => !existsSync(program), "this browser is not installed");

async function unseen(reader: Reader, name: string): Promise<number> {
  return Number(await reader.attribute("data-after", COCKPIT, `[data-testid=unseen-${name}]`));
}

test("the article opens on its trained model, in each figure that comes at once", async ({ reader, article }) => {
  await reader.open(article);
  await reader.sees(/^This model came with the page, trained for 1,000 steps/, COCKPIT, STATE);
  await reader.sees(/All nine terms are in/, COCKPIT, FINDING);
  expect(await reader.run(() => document.querySelectorAll("main [number]").length)).toBe(15);
});

test("the head of the article acts, and a strip is followed to its answer", async ({ reader, article }) => {
  await reader.open(article);
  const verdict = ["lr-hero", "[data-testid=verdict]"];
  /** How far the line falls from its first point to its last, in percent of the drawing. */
  const fall = () => reader.run((find) => {
    const heights = [...(find("lr-hero")?.querySelectorAll("svg.slope .dot") ?? [])].map((dot) => parseFloat(dot.getAttribute("cy") ?? ""));
    return (heights.at(-1) ?? 0) - (heights[0] ?? 0);
  });
  await reader.sees(/^Right, both ways round/, ...verdict);
  await expect.poll(fall).toBeGreaterThan(50);
  await reader.press("lr-hero", "=Take the term away");
  await reader.sees(/^The same answer both ways round/, ...verdict);
  await expect.poll(fall).toBe(0);
  await reader.press("lr-hero", "=Reverse it");
  await reader.sees(/^Wrong, both ways round/, ...verdict);
  await expect.poll(fall).toBeLessThan(-50);
  await reader.run((find) => { find("#follow")?.scrollIntoView(); });
  await reader.press("lr-follow", "=7 Swapped");
  await reader.sees(/now reads 16 alone, and the other heads read as before. It is wrong both times/, "lr-follow", FINDING);
});

test("a reader trains, cuts EP, and the model no longer knows left from right", async ({ reader, article }) => {
  await reader.open(`${article}?engine=cpu&start=untrained`);
  await reader.sees(/^Untrained/, COCKPIT, STATE);
  await reader.press(COCKPIT, "=Train");
  await expect.poll(() => reader.text(COCKPIT, STATE), { timeout: 90_000 }).toMatch(/^Trained for 1,000 steps/);
  await expect.poll(async () => unseen(reader, "order")).toBeGreaterThanOrEqual(0.9);
  await reader.press(COCKPIT, "=EP");
  await reader.sees(/a coin toss/, COCKPIT, FINDING);
  expect(await unseen(reader, "order")).toBeCloseTo(0.5, 1);
  expect(await unseen(reader, "recognition")).toBeGreaterThanOrEqual(0.95);
});

const step = async (reader: Reader) => Number(await reader.attribute("data-step", COCKPIT, STATE));

test("a reader who leaves in mid-training and comes back loses no more than the steps since the last snapshot", async ({ reader, article }) => {
  await reader.open(`${article}?engine=cpu&start=untrained`);
  await reader.press(COCKPIT, "=Train");
  await expect.poll(() => step(reader)).toBeGreaterThan(150);
  await reader.open("about:blank");
  await reader.back();
  // The browser has kept the page as it was, or made it anew and the page has kept the run.
  const offered = () => reader.text(".notice-box", "=Resume");
  await expect.poll(async () => (await offered()) !== "" || (await step(reader)) > 150).toBe(true);
  if (await offered()) await reader.press(".notice-box", "=Resume");
  await expect.poll(() => step(reader)).toBeGreaterThanOrEqual(150);
  await expect.poll(() => reader.text(COCKPIT, STATE), { timeout: 30_000 }).toMatch(/^(Trained for|Paused at|Training)/);
});

test("an engine that cannot be fetched is said at the figure, the model stays, and Try again trains", async ({ reader, host }) => {
  const names = readdirSync(new URL("../../www/dist/assets/", import.meta.url)).filter((name) => /^(leftright|relaxed)_bg.*\.wasm$/.test(name));
  const pages: Record<string, string> = { "/site/index.html": ARTICLE };
  for (const name of names) pages[`/site/assets/${name}`] = "<h1>Welcome to our network</h1>";
  const { origin } = await host(pages);
  await reader.open(`${origin}/site/index.html?engine=cpu`);
  await reader.sees(/^This model came with the page/, COCKPIT, STATE);
  await reader.press(COCKPIT, "=Train");
  await reader.sees(/The engine could not be loaded/, COCKPIT, "[data-testid=error]");
  // Where the text speaks of the trained model, no longer of its first step.
  await reader.run(() => { document.querySelector("#terms")?.scrollIntoView({ behavior: "instant" }); });
  await reader.sees(/^All nine terms are in/, COCKPIT, FINDING);
  await reader.run((find, way) => { find(...way)?.click(); }, [COCKPIT, "=EP"]);
  await reader.sees(/^(At step \d+, w|W)ithout EP, on new pairs/, COCKPIT, FINDING); // the model that was here answers all the while
  for (const name of names) Reflect.deleteProperty(pages, `/site/assets/${name}`);
  await reader.press(COCKPIT, "=Try again");
  await expect.poll(async () => (await reader.text(COCKPIT, "[data-testid=error]")) === "" && (await step(reader)) > 20).toBe(true);
  await reader.open("about:blank");
});

test("what loads above the window does not move what is read", async ({ reader, article }) => {
  await reader.open(article);
  await reader.sees(/^This model/, COCKPIT, STATE);
  const { loaded, moved } = await reader.run(async (find) => {
    const lab = find("lr-lab");
    lab?.scrollIntoView({ behavior: "instant" });
    const above = [...document.querySelectorAll("lr-text, lr-alignment, lr-birth")];
    const heights = () => above.map((element) => element.getBoundingClientRect().height).join();
    const [top, before] = [lab?.getBoundingClientRect().top ?? 0, heights()];
    let moved = 0;
    for (const end = performance.now() + 3000; performance.now() < end;) {
      await new Promise(requestAnimationFrame);
      await new Promise((resolve) => setTimeout(resolve)); // after the frame is laid out
      moved = Math.max(moved, Math.abs((lab?.getBoundingClientRect().top ?? 0) - top));
    }
    return { loaded: heights() !== before, moved };
  });
  expect(loaded).toBe(true);
  expect(moved).toBeLessThan(2);
});

test("an object follows the pointer, and the arrow keys", async ({ reader, article }) => {
  await reader.open(article);
  const object = ["lr-lab", "lr-gradient", "lr-strip", "[data-testid=object-0]"];
  const at = () => reader.attribute("aria-valuenow", ...object);
  await reader.sees(/^This model/, COCKPIT, STATE);
  await reader.comes("lr-lab");
  await reader.sees(/EP row (falls|rises)/, "lr-lab", "lr-gradient", FINDING); // nothing moves any more
  expect(await at()).toBe("3");
  const width = await reader.run((find) => find("lr-lab", "lr-gradient", "lr-strip", ".cell")?.getBoundingClientRect().width ?? 0);
  await reader.drag(2 * width, ...object);
  await expect.poll(at).toBe("5");
  await reader.run((find, way) => { find(...way)?.focus(); }, object);
  await reader.type("ArrowRight");
  await reader.type("ArrowRight");
  await reader.type("ArrowLeft");
  await expect.poll(at).toBe("6");
});

test("an experiment trains its first models", async ({ reader, article }) => {
  await reader.open(`${article}?engine=cpu`);
  await reader.comes("lr-birth");
  await reader.press("lr-birth", "=Run");
  const done = async () => Number(await reader.attribute("data-done", "lr-birth", "[data-testid=experiment-state]"));
  await expect.poll(done, { timeout: 90_000 }).toBeGreaterThanOrEqual(2);
  await reader.press("lr-birth", "=Cancel");
});

test("a figure is kept as SVG, PNG and CSV", async ({ reader, article }) => {
  await reader.open(article);
  await reader.comes("lr-lab");
  await reader.sees(/Nothing is ablated/, "lr-lab", "lr-ablate", FINDING);
  await reader.press("lr-lab", "lr-ablate", "=Keep");
  for (const [label, name, start] of [["SVG", /\.svg$/, "<svg"], ["PNG", /\.png$/, "\x89PNG"], ["CSV", /\.csv$/, "split,accuracy,before,after"]] as const) {
    await reader.press("lr-lab", "lr-ablate", `=${label}`);
    expect((await reader.saved(name)).toString("latin1")).toContain(start);
  }
});

test("a sandboxed frame with scripts alone, from a server without special headers", async ({ reader, host }) => {
  const { origin } = await host({ "/course": course(`<iframe sandbox="allow-scripts" width="700" height="900" src="/site/embed.html?figure=ablate"></iframe>`) });
  await reader.open(`${origin}/course`);
  await reader.frame.sees(/Nothing is ablated/, "lr-ablate", FINDING);
  await reader.frame.press("lr-ablate", "=EP");
  await reader.frame.sees(/picks the order at chance/, "lr-ablate", FINDING);
  const injected = () => {
    document.head.append(Object.assign(document.createElement("script"), { textContent: "globalThis.stranger = true" }));
    return "stranger" in globalThis;
  };
  expect(await reader.frame.run(injected)).toBe(false);
  expect(await reader.run(injected)).toBe(true); // negative control: the course's page has no policy
});

test("an element from another origin, under no more than the policy that we ask for", async ({ reader, host }) => {
  const site = await host({}, { "access-control-allow-origin": "*" });
  const element = `<script type="module" src="${site.origin}/site/lib/leftright.js"></script><lr-ablate engine="cpu"></lr-ablate>`;
  const policy = documentedPolicy(site.origin);
  const { origin } = await host({ "/open": course(element), "/course": course(element, policy) });
  for (const page of ["open", "course"]) {
    await reader.open(`${origin}/${page}`);
    await reader.press("lr-ablate", "=EP");
    await reader.sees(/picks the order at chance/, "lr-ablate", FINDING);
    expect(await reader.complaints()).toEqual([]);
  }
  await reader.press("lr-ablate", "=Train"); // for which another module comes
  await expect.poll(async () => Number(await reader.attribute("data-step", "lr-ablate", STATE))).toBeGreaterThan(20);
});

test("an element whose worker the page's policy refuses says what is missing", async ({ reader, host }) => {
  const site = await host({}, { "access-control-allow-origin": "*" });
  const policy = documentedPolicy(site.origin).replace(" blob:", "");
  const { origin } = await host({ "/course": course(`<script type="module" src="${site.origin}/site/lib/leftright.js"></script><lr-ablate></lr-ablate>`, policy) });
  await reader.open(`${origin}/course`);
  await reader.sees(/worker-src http\S+ blob:/, "lr-ablate", "[role=alert]");
  await reader.open("about:blank");
});

test("dark is dark, on the page and in the figures", async ({ reader, article }) => {
  await reader.open(article);
  await reader.sees(/All nine terms are in/, COCKPIT, FINDING);
  const colours = () => reader.run((find, cockpit) => [getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(find(cockpit, "h2") ?? document.body).color], COCKPIT);
  expect(await colours()).toEqual(["rgb(253, 252, 250)", "rgb(28, 30, 34)"]);
  while ((await reader.text("#theme")) !== "Theme: dark") await reader.press("#theme");
  expect(await colours()).toEqual(["rgb(21, 23, 27)", "rgb(233, 230, 223)"]);
  // A slider's two sides can be told apart.
  const side = (share: number) => reader.brightness(share, COCKPIT, "#strength");
  await expect.poll(async () => Math.abs((await side(0.2)) - (await side(0.8))), { timeout: 5_000 }).toBeGreaterThan(60);
});

test("a phone's width needs no sideways scroll", async ({ reader, host }) => {
  const { origin } = await host({ "/phone": course(`<iframe width="360" height="700" src="/site/index.html"></iframe>`) });
  await reader.open(`${origin}/phone`);
  await reader.frame.sees(/All nine terms are in/, "lr-cockpit[parts]", FINDING);
  const excess = () => reader.frame.run(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await excess()).toBe(0);
  // Negative control: what is too wide is noticed.
  await reader.frame.run(() => { document.body.append(Object.assign(document.createElement("p"), { style: "inline-size: 400px", textContent: "wide" })); });
  expect(await excess()).toBeGreaterThan(0);
});

test("what goes wrong in a page is noticed", async ({ reader, host }) => {
  const { origin } = await host({ "/wrong": course(`<img src="/nothing.svg" alt=""><script>console.error("said"); Promise.reject(new Error("rejected")); missing();</script>`) });
  await reader.open(`${origin}/wrong`);
  await expect.poll(async () => (await reader.complaints()).length).toBe(4);
  await reader.open("about:blank");
});

test("the links of the lesson open their figures as they are needed there, one of them trained", async ({ reader, article }) => {
  const trained = "figure=ablate&start=training&seed=1&ablate=EP";
  const links = Object.entries(SAYS).filter(([query]) => query === trained || !query.includes("training"));
  expect(links).toHaveLength(15);
  for (const [query, says] of links) {
    const { figure = "" } = Object.fromEntries(new URLSearchParams(query));
    await reader.open(new URL(`embed.html?${query}`, article).href);
    await expect.poll(() => reader.text(`lr-${figure}`, FINDING), { message: query, timeout: 60_000 }).toMatch(says);
  }
});
