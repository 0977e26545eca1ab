// The npm package as a stranger meets it: packed, installed in a fresh Vite project, built by its bundler, opened.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

test("packed, installed, type-checked, bundled and opened", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "leftright-package-"));
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { cwd: folder, encoding: "utf8" });
  try {
    const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", folder, join(ROOT, "package")], { encoding: "utf8" })) as [{ filename: string; files: { path: string }[] }];
    const files = packed.files.map(({ path }) => path);
    for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "dist/leftright.js", "dist/leftright.d.ts", "dist/anywidget.js", "dist/custom-elements.json"]) expect(files).toContain(file);
    expect(files.filter((file) => /sandboxed|frame\.js/.test(file))).toEqual([]);

    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "course", private: true, type: "module" }));
    writeFileSync(join(folder, "index.html"), `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.ts"></script><lr-slope></lr-slope>`);
    writeFileSync(
      join(folder, "main.ts"),
      `import "leftright";
       import type { AblateDetail } from "leftright";
       const figure = document.createElement("lr-ablate");
       figure.seed = 3;
       figure.pairLabels = 15;
       figure.start = "untrained";
       figure.addEventListener("lr-ablate", ({ detail }: CustomEvent<AblateDetail>) => { document.title = detail.terms.join(); });
       document.body.append(figure);
       // @ts-expect-error: the types know what it may be
       figure.controls = "some";
       figure.controls = "all";`,
    );
    run("npm", "install", "--no-audit", "--no-fund", "--offline", `./${packed.filename}`);
    // The bundler and the compiler are this repository's: what is tested is the package.
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    const tool = (script: string, ...args: string[]) => run(process.execPath, join(ROOT, "node_modules", script), ...args);
    symlinkSync(join(ROOT, "node_modules/vite"), join(folder, "node_modules/vite"), "junction");
    tool("typescript/bin/tsc", "--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "main.ts");
    tool("vite/bin/vite.js", "build", "--logLevel", "warn");
    const assets = readdirSync(join(folder, "dist/assets"));
    expect(assets.filter((file) => file.endsWith(".wasm")).length).toBeGreaterThan(0);

    const server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://course").pathname;
      try {
        const body = readFileSync(join(folder, "dist", path === "/" ? "index.html" : path));
        response.writeHead(200, { "content-type": TYPES[extname(path)] ?? (path === "/" ? "text/html" : "application/octet-stream") }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const complaints: string[] = [];
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const figure = page.locator("lr-ablate");
    await figure.getByRole("button", { name: "Train", exact: true }).click();
    await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
    await figure.getByRole("button", { name: "EP", exact: true }).click();
    await expect(page).toHaveTitle("EP");
    await expect(page.locator("lr-slope").getByTestId("finding")).toContainText("Not measured on this machine yet");
    expect(complaints).toEqual([]);
    server.close();
    server.closeAllConnections();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the manifest names every element with its attributes, events, parts and design constants", () => {
  interface Named { name: string }
  interface Declared { tagName?: string; attributes?: Named[]; events?: Named[]; cssParts?: Named[]; cssProperties?: Named[] }
  const manifest = JSON.parse(readFileSync(join(ROOT, "package/dist/custom-elements.json"), "utf8")) as { modules: { declarations: Declared[] }[] };
  const elements = manifest.modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName !== undefined);
  const names = (of?: Named[]) => of?.map(({ name }) => name) ?? [];
  const figures = elements.filter(({ tagName }) => tagName !== "lr-strip");
  expect(figures).toHaveLength(18);
  for (const figure of figures) {
    expect(names(figure.attributes)).toEqual(expect.arrayContaining(["seed", "pair-labels", "single-layouts", "pair-layouts", "engine", "start", "controls", "lock", "theme", "number", "ablate", "strength", "head", "strip", "step"]));
    expect(names(figure.events)).toEqual(expect.arrayContaining(["lr-change", "lr-trained"]));
    expect(names(figure.cssParts)).toEqual(expect.arrayContaining(["figure", "heading", "finding", "controls"]));
    expect(names(figure.cssProperties)).toEqual(expect.arrayContaining(["--lr-ink", "--lr-paper", "--lr-object-a"]));
  }
});

test("the licences of what is bundled come with the site and with the package", () => {
  for (const folder of ["www/dist", "package/dist"]) {
    const notices = readFileSync(join(ROOT, folder, "third-party-licenses.md"), "utf8");
    for (const name of ["lit", "lit-html", "comlink", "d3-scale"]) expect(notices, folder).toContain(`## ${name} - `);
    const crates = readFileSync(join(ROOT, folder, "crate-licenses.md"), "utf8");
    for (const name of ["bytemuck", "safetensors", "serde", "wasm-bindgen", "wgpu"]) {
      expect(crates, folder).toMatch(new RegExp(`^- ${name} [\\d.]+ \\(.*(MIT|Apache-2.0).*\\)$`, "m"));
      expect(crates, folder).toMatch(new RegExp(`^## .*\\b${name} \\d`, "m"));
    }
    expect(crates).toContain("Permission is hereby granted, free of charge");
    // What only the command line is linked with is not bundled.
    expect(crates).not.toMatch(/^- clap /m);
  }
  for (const file of ["LICENSE-MIT", "LICENSE-APACHE"]) expect(readdirSync(join(ROOT, "www/dist"))).toContain(file);
});
