// The ready examples: each source file is read as its tool would read it, and what that emits is opened, on another origin than ours.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { LuaFactory } from "wasmoon";
import { askedPolicy, page as html, serve, type Host } from "./host";

const read = (file: string) => readFileSync(new URL(`../../www/examples/${file}`, import.meta.url), "utf8");

/** The part of a source that a pattern's group finds. */
function part(source: string, pattern: RegExp): string {
  const found = pattern.exec(source)?.[1];
  if (found === undefined) throw new Error(`the example has no ${pattern.source}`);
  return found;
}

/** The model that ships with the library. */
const MODEL = readdirSync(new URL("../../package/dist/", import.meta.url)).find((file) => file.endsWith(".safetensors")) ?? "";

let site: Host;
const hosts: Host[] = [];

/** Opens a page of a host's own; the address that the examples stand for is our site's. */
async function hosted(body: string, head = ""): Promise<string> {
  const own = (text: string) => text.replaceAll("https://leftright.example/", `${site.origin}/site/`);
  const host = await serve({ "/course": html(own(body), own(head)) });
  hosts.push(host);
  return `${host.origin}/course`;
}

test.beforeAll(async () => {
  site = await serve({}, { "access-control-allow-origin": "*" });
  hosts.push(site);
});
test.afterAll(() => {
  for (const host of hosts) host.close();
});

test("plain HTML: two figures of one model", async ({ page }) => {
  await page.goto(`${site.origin}/site/examples/plain.html`);
  await expect(page.locator("lr-ablate").getByTestId("finding")).toContainText("Press a term, EP first."); // a trained model, at once
  await page.locator("lr-gradient").getByRole("button", { name: "Train", exact: true }).click();
  await expect(page.locator("lr-ablate").getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
  await expect(page.locator("lr-gradient").getByTestId("finding")).toContainText(/EP row (falls|rises)/);
});

/** What the Quarto extension makes of a page's shortcodes: its script, run by Lua, with the little of Pandoc and Quarto that it asks for. */
async function quarto(source: string, format: "html" | "pdf"): Promise<{ head: string; body: string }> {
  const lua = await new LuaFactory().createEngine();
  const calls = [...source.matchAll(/^\{\{< leftright (\S+)(.*) >\}\}$/gm)].map(([, figure = "", rest = ""]) => {
    const given = [...rest.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = "", text = ""]) => `[ [[${name}]] ] = [[${text}]]`);
    return `shortcodes.leftright({ [[${figure}]] }, { ${given.join(", ")} }, {})`;
  });
  const made = (await lua.doString(`
    local head = ""
    pandoc = {
      utils = { stringify = tostring },
      RawBlock = function(_, text) return text end,
      Para = function(inlines) return "<p>" .. inlines[1] .. "</p>" end,
      Link = function(text, url) return '<a href="' .. url .. '">' .. text .. "</a>" end,
    }
    quarto = { doc = { is_format = function(asked) return asked == "html:js" and "${format}" == "html" end, include_text = function(_, text) head = head .. text end } }
    local shortcodes = load([==[${read("_extensions/leftright/leftright.lua")}]==])()
    local body = table.concat({ ${calls.join(", ")} }, "\\n")
    return head .. "\\1" .. body`)) as string;
  const [head = "", body = ""] = made.split("\x01");
  return { head, body };
}

test("Quarto: what the extension makes of the page's shortcodes", async ({ page }) => {
  const { head, body } = await quarto(read("quarto.qmd"), "html");
  expect(head.match(/<script/g)).toHaveLength(1);
  await page.goto(await hosted(body, head));
  await expect(page.locator("lr-ablate").getByTestId("finding")).toContainText("Without EP the model still names both objects");
  await expect(page.locator("lr-gradient").getByTestId("finding")).toContainText(/EP row (falls|rises)/);
  // What a page says stays an attribute's text; a PDF gets a link, which opens the figure as it is said.
  expect((await quarto(`{{< leftright ablate strip="<b>&'" pair_labels="9" >}}`, "html")).body).toBe(`<lr-ablate pair-labels="9" strip="&lt;b>&amp;'"></lr-ablate>`);
  await expect(quarto(`{{< leftright a><b >}}`, "html")).rejects.toThrow("is no figure's name");
  const [, link = ""] = /href="([^"]*)"/.exec((await quarto(read("quarto.qmd"), "pdf")).body) ?? [];
  await page.goto(link.replace("https://leftright.example/", `${site.origin}/site/`));
  await expect(page.locator("lr-ablate").getByTestId("finding")).toContainText("Without EP the model still names both objects");
});

test("Jupyter Book 1 and Sphinx: the raw block", async ({ page }) => {
  await page.goto(await hosted(part(read("jupyter-book.md"), /^```\{raw\} html\n([^]*?)\n```$/m)));
  await expect(page.locator("lr-ablate").getByTestId("finding")).toContainText("Without EP the model still names both objects");
});

test("MyST, by mystmd itself: the plugin's directive and the widget's, each with a copy of the module alone", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "leftright-myst-"));
  try {
    const own = (text: string) => text.replaceAll("https://leftright.example/", `${site.origin}/site/`);
    const plugin = readFileSync(new URL("../../www/dist/examples/leftright.mjs", import.meta.url), "utf8");
    writeFileSync(join(folder, "leftright.mjs"), own(plugin));
    writeFileSync(join(folder, "index.md"), own(read("myst.md")));
    writeFileSync(join(folder, "myst.yml"), "version: 1\nproject:\n  plugins: [leftright.mjs]\nsite: {}\n");
    // Behind the content it asks the network for a theme, which is not ours to test.
    const mystmd = fileURLToPath(new URL("../../node_modules/mystmd/dist/myst.cjs", import.meta.url));
    const { said } = await new Promise<{ said: string }>((resolve) => {
      execFile(process.execPath, [mystmd, "build", "--site"], { cwd: folder, timeout: 100_000 }, (_, stdout, stderr) => { resolve({ said: stdout + stderr }); });
    });
    expect(said).not.toMatch(/⚠️|⛔️/);
    const built = join(folder, "_build/site");
    interface Node { type: string; esm?: string; model?: Record<string, unknown>; children?: Node[] }
    const { mdast } = JSON.parse(readFileSync(join(built, "content/index.json"), "utf8")) as { mdast: Node };
    const all = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(all)];
    const widgets = all(mdast).filter(({ type }) => type === "anywidget");
    expect(widgets.map(({ model }) => model)).toEqual([{ figure: "ablate", ablate: "EP", pair_labels: "15" }, { figure: "ablate", start: "trained" }]);
    const findings = ["Without EP the model still names both objects", "Nothing is ablated"];
    for (const [i, { esm = "", model }] of widgets.entries()) {
      const host = await serve({ "/course": html(widget("/module.js", JSON.stringify(model))), "/module.js": readFileSync(join(built, "public", esm), "utf8") });
      hosts.push(host);
      await page.goto(`${host.origin}/course`);
      await expect(page.locator("#cell lr-ablate").getByTestId("finding")).toContainText(findings[i] ?? "");
      expect(host.asked).toEqual(["/course", "/module.js"]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** As anywidget's front end and MyST's load a module: by its address, with a model that holds the traits. */
const LOADER = `
  const listeners = new Map();
  globalThis.model = {
    get: (trait) => traits[trait],
    set: (trait, value) => { traits[trait] = value; for (const listener of listeners.get("change:" + trait) ?? []) listener(); },
    save_changes: () => { globalThis.saved = (globalThis.saved ?? 0) + 1; },
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) => listeners.set(event, (listeners.get(event) ?? []).filter((other) => other !== listener)),
  };
  const { default: widget } = await import(address);
  globalThis.cleanUp = await widget.render({ model, el: document.querySelector("#cell") });
  globalThis.listening = () => [...listeners.values()].flat().length;`;

const widget = (address: string, traits: string) =>
  `<div id="cell"></div><script type="module">const address = ${JSON.stringify(address)}; const traits = ${traits}; ${LOADER}</script>`;

test("MyST: the frame", async ({ page }) => {
  await page.goto(await hosted(`<iframe title="A figure" width="700" height="600" src="${part(read("myst.md"), /^```\{iframe\} (\S+)$/m)}"></iframe>`));
  await expect(page.frameLocator("iframe").getByTestId("captions")).toBeVisible();
});

/** What a kernel has in its traits: those of python/leftright/widgets.py that a page needs, before it has told of anything. */
const KERNEL = { figure: "ablate", config: { seed: 3 }, start: "untrained", ablated: [], strength: 0, heads: null, labels: [16, 17], positions: [2, 7], snapshot: null };

test("a widget with a kernel: settings, what is looked at and what was measured, told both ways", async ({ page }) => {
  await page.goto(await hosted(widget("https://leftright.example/lib/anywidget.js", JSON.stringify(KERNEL))));
  const figure = page.locator("#cell lr-ablate");
  const kernel = <T>(trait: string) => page.evaluate((trait) => (globalThis as unknown as { model: { get(trait: string): unknown } }).model.get(trait) as T, trait);
  const set = (trait: string, value: unknown) => page.evaluate(([trait, value]) => { (globalThis as unknown as { model: { set(trait: string, value: unknown): void } }).model.set(trait, value); }, [trait, value] as const);
  await figure.getByRole("button", { name: "Train", exact: true }).click();
  await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
  await expect.poll(() => kernel("step")).toBe(1000);
  expect(await kernel("accuracies")).toMatchObject({ unseen: { retrieval: expect.any(Number) as unknown } });
  expect(await kernel("settings")).toMatchObject({ seed: 3 });
  expect(await kernel("loss")).toBeLessThan(1);
  // Of a training the kernel hears at its end.
  expect(await page.evaluate(() => (globalThis as unknown as { saved: number }).saved)).toBeLessThan(12);

  // The same model all the while: an ablation is no other settings.
  await set("ablated", ["EP"]);
  await expect(figure.getByTestId("finding")).toContainText("picks the order at chance");
  await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000/);
  await expect.poll(() => kernel("ablation")).toMatchObject({ terms: ["EP"], after: { unseen: { recognition: expect.any(Number) as unknown } } });
  await set("heads", [9]); // a head that no model of these has
  await expect.poll(() => kernel("heads")).toBe(null);
  await figure.getByRole("button", { name: "EP", exact: true }).click();
  await expect.poll(() => kernel("ablated")).toEqual([]);
  await figure.getByRole("slider", { name: "Strength" }).press("ArrowRight");
  await expect.poll(() => kernel("strength")).toBe(0.25);

  const [, early = 0] = await kernel<number[]>("snapshots");
  await set("snapshot", early);
  await expect(figure.getByTestId("moment")).toContainText(`As the model was at step ${early}.`);
  await expect.poll(() => kernel("step")).toBe(early);
  await figure.getByRole("button", { name: "Show the latest" }).click();
  await expect.poll(() => kernel("snapshot")).toBe(null);

  // Another model keeps what is looked at.
  await set("config", { seed: 4, weight_decay: 1 });
  await expect(figure.getByTestId("state")).toHaveText("Untrained. Press Train.");
  await expect.poll(() => kernel("settings")).toMatchObject({ seed: 4, weight_decay: 1 });
  expect(await kernel("strength")).toBe(0.25);
  await page.evaluate(() => { (globalThis as unknown as { cleanUp(): void }).cleanUp(); });
  await expect(figure).toHaveCount(0);
  expect(await page.evaluate(() => (globalThis as unknown as { listening(): number }).listening())).toBe(0);
});

test("a widget with a model of the kernel's own: opened from its bytes", async ({ page }) => {
  const name = "model 5dc8b247 of this notebook";
  const bytes = `new DataView(await (await fetch("https://leftright.example/lib/${MODEL}")).arrayBuffer())`;
  await page.goto(await hosted(widget("https://leftright.example/lib/anywidget.js", `{ ...${JSON.stringify({ ...KERNEL, ablated: ["EP"] })}, model: { name: "${name}", bytes: ${bytes} } }`)));
  const figure = page.locator("#cell lr-ablate");
  await expect(figure.getByTestId("state")).toHaveText(`Opened from ${name}.`);
  await expect(figure.getByTestId("finding")).toContainText("Without EP the model still names both objects");
});

test("a notebook that reads the module anew for each widget, into shadow roots: nothing else is fetched, and one worker made", async ({ page }) => {
  // As marimo renders, and as MyST has only the module: from a server with nothing beside it.
  const module = readFileSync(new URL("../../package/dist/anywidget.js", import.meta.url), "utf8");
  const figures = ["ablate", "diversity", "gradient", "ablate"];
  const host = await serve({
    "/course": html(figures.map((figure) => `<div data-figure="${figure}"></div>`).join("") + `<script type="module">
      globalThis.workers = 0;
      globalThis.Worker = class extends Worker { constructor(...args) { super(...args); globalThis.workers += 1; } };
      const text = await (await fetch("/module")).text();
      for (const place of document.querySelectorAll("[data-figure]")) {
        const { default: widget } = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
        const model = { get: (trait) => place.dataset[trait], set: () => undefined, save_changes: () => undefined, on: () => undefined, off: () => undefined };
        const el = document.createElement("div");
        place.attachShadow({ mode: "open" }).append(el);
        widget.render({ model, el });
      }</script>`),
    "/module": module,
  });
  hosts.push(host);
  const complaints: string[] = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${host.origin}/course`);
  await expect(page.locator("lr-diversity").getByTestId("finding")).toContainText("Not measured on this machine yet");
  const [first, second] = [page.locator("lr-ablate").first(), page.locator("lr-ablate").last()];
  await first.getByRole("button", { name: "EP", exact: true }).click();
  await expect(first.getByTestId("finding")).toContainText("picks the order at chance");
  // The two have the same settings, so they are of one run.
  await second.scrollIntoViewIfNeeded();
  await expect(second.getByTestId("finding")).toContainText("picks the order at chance");
  await expect(page.locator("lr-gradient").getByTestId("finding")).toContainText("Without EP");
  expect(await page.evaluate(() => (globalThis as unknown as { workers: number }).workers)).toBe(1);
  expect(host.asked).toEqual(["/course", "/module"]);
  expect(complaints).toEqual([]);
});

test("Observable: the cell's code, run as it stands", async ({ page }) => {
  const code = part(read("observable.md"), /^```js\n([^]*?)\n```$/m);
  await page.goto(await hosted(`<script type="module">const display = (node) => document.body.append(node);\n${code}</script>`));
  const figure = page.locator("lr-ablate");
  await expect(figure.getByTestId("state")).toHaveAttribute("data-phase", "ready");
  await figure.getByRole("button", { name: "EP", exact: true }).click();
  await expect(page.locator("body > p")).toHaveText(/^Order on unseen pairs: \d\.\d\d, then \d\.\d\d$/);
});

test("an LMS: the frame, as it is pasted", async ({ page }) => {
  await page.goto(await hosted(read("lms.html")));
  const frame = page.frameLocator("iframe");
  await frame.getByRole("button", { name: "EP", exact: true }).click();
  await expect(frame.getByTestId("finding")).toContainText("picks the order at chance");
});

test("the examples' own page: every preview comes to life, and its code names this site", async ({ page }) => {
  const complaints: string[] = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
  await page.goto(`${site.origin}/site/examples/`.concat("index.html"));
  await expect(page.locator("lr-ablate").getByTestId("finding")).not.toBeEmpty();
  await expect(page.frameLocator("iframe").getByTestId("finding")).not.toBeEmpty();
  await expect(page.locator("pre").first()).toContainText(`${site.origin}/site/lib/leftright.js`);
  await expect(page.locator("body")).not.toContainText("leftright.example");
  await expect(page.locator("body")).toContainText(askedPolicy(site.origin)); // as in the documentation
  for (const link of await page.locator(`main a:not([href^="http"])`).all()) {
    const response = await page.request.get(new URL((await link.getAttribute("href")) ?? "", page.url()).href);
    expect(response.status()).toBe(200);
  }
  expect(complaints).toEqual([]);
});
