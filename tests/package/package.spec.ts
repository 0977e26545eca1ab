// The npm package as a stranger meets it: packed, installed in a fresh Vite project, built by its bundler, opened.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import webpack, { type Stats } from "webpack";
import { NAMES } from "../../www/src/embed/names";
import { ROOT, expect, listen, test } from "./project";

test("packed, installed, type-checked, bundled and opened", async ({ page, packed, project }) => {
  for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "dist/leftright.js", "dist/leftright.d.ts", "dist/anywidget.js", "dist/custom-elements.json"]) expect(packed.files).toContain(file);
  expect(packed.files.filter((file) => /sandboxed|frame\.js/.test(file))).toEqual([]);

  project.write("index.html", `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.ts"></script><lr-slope></lr-slope>`);
  project.write(
    "main.ts",
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
  project.install("vite");
  project.tool("typescript/bin/tsc", "--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "main.ts");
  project.tool("vite/bin/vite.js", "build", "--logLevel", "warn");
  const assets = readdirSync(join(project.folder, "dist/assets"));
  expect(assets.filter((file) => file.endsWith(".wasm")).length).toBeGreaterThan(0);

  const { complaints } = listen(page);
  await page.goto(await project.serve("dist"));
  const figure = page.locator("lr-ablate");
  // A property that was set before the figure's code was there is the model's all the same.
  await expect(figure).toHaveAttribute("seed", "3");
  await figure.getByRole("button", { name: "Train", exact: true }).click();
  await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
  await figure.getByRole("button", { name: "EP", exact: true }).click();
  await expect(page).toHaveTitle("EP");
  await expect(page.locator("lr-slope").getByTestId("finding")).toContainText("Not measured on this machine yet");
  expect(complaints).toEqual([]);
});

test("publint and attw find nothing to say", ({ project, packed }) => {
  expect(project.tool("publint/src/cli.js", "--strict", packed.path)).toContain("All good!");
  // Only what ES modules cannot have is ignored: an older resolution, and `require`.
  project.tool("@arethetypeswrong/cli/dist/index.js", packed.path, "--profile", "esm-only");
  // The controls: a file that is not there, and a module without types beside one that has them.
  project.write("broken/package.json", JSON.stringify({ name: "broken", version: "1.0.0", type: "module", exports: { ".": "./typed.js", "./typeless": "./typeless.js", "./none": "./none.js" } }));
  for (const file of ["typed.js", "typeless.js"]) project.write(`broken/${file}`, "export const seed = 3;");
  project.write("broken/typed.d.ts", "export declare const seed: number;");
  expect(project.fails("publint/src/cli.js", "--strict", "broken")).toContain("does not exist");
  expect(project.fails("@arethetypeswrong/cli/dist/index.js", "--pack", "broken", "--profile", "esm-only")).toContain("typeless");
});

test("on a server every module is imported without a word, and does nothing", ({ project }) => {
  project.install();
  const { exports } = JSON.parse(project.read("node_modules/leftright/package.json")) as { exports: Record<string, unknown> };
  const modules = Object.keys(exports).filter((name) => !name.endsWith(".json")).map((name) => name.replace(".", "leftright"));
  expect(modules).toHaveLength(12);
  const script = `${modules.map((name) => `await import(${JSON.stringify(name)});`).join("\n")} console.log(typeof customElements, Object.keys(globalThis).length);`;
  const bare = project.run(process.execPath, "--input-type=module", "--eval", "console.log(typeof customElements, Object.keys(globalThis).length);");
  expect(project.run(process.execPath, "--input-type=module", "--eval", script)).toBe(bare);
});

test("one figure costs its own code: nothing comes for those that are not there", async ({ page, project }) => {
  project.install("vite");
  /** The names and bytes of what a page of this script fetches, built by Vite. */
  const fetched = async (script: string, body: string) => {
    project.write("index.html", `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>${body}`);
    project.write("main.js", script);
    project.tool("vite/bin/vite.js", "build", "--logLevel", "warn");
    const asked = new Set<string>();
    page.on("request", (request) => asked.add(new URL(request.url()).pathname));
    await page.goto(await project.serve("dist"));
    await page.waitForLoadState("networkidle");
    page.removeAllListeners("request");
    const built = readdirSync(join(project.folder, "dist/assets")).filter((file) => file.endsWith(".js"));
    const bytes = [...asked].filter((path) => path.endsWith(".js")).reduce((sum, path) => sum + statSync(join(project.folder, "dist", path)).size, 0);
    project.close();
    return { asked: [...asked].join(" "), built: built.join(" "), bytes };
  };
  const nothing = await fetched(`import "leftright";`, "");
  const strip = await fetched(`import "leftright";`, "<lr-strip></lr-strip>");
  const ablate = await fetched(`import "leftright";`, "<lr-ablate></lr-ablate>");
  const alone = await fetched(`import "leftright/ablate";`, "<lr-ablate></lr-ablate>");
  console.log("bytes of script: nothing on the page", nothing.bytes, "lr-strip", strip.bytes, "lr-ablate", ablate.bytes, "leftright/ablate alone", alone.bytes);
  expect(nothing.bytes).toBeLessThan(10_000);
  expect(ablate.asked).toContain("ablate");
  for (const { asked } of [strip, ablate]) expect(asked).not.toMatch(/surgery|experiments|follow|gradient-|train-/);
  expect(nothing.built).toMatch(/surgery/); // the control: they are there, to be fetched when the page has one
  expect(alone.built).not.toMatch(/surgery|experiments|follow|gradient-|train-/);
});

test("webpack: bundled without a warning, and trains", async ({ page, project }) => {
  project.install();
  project.write("main.js", `import "leftright";`);
  project.write("dist/index.html", `<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.js"></script><lr-ablate start="untrained"></lr-ablate>`);
  const stats = await new Promise<Stats | undefined>((resolve, reject) => {
    webpack({ context: project.folder, entry: "./main.js", mode: "production", performance: { hints: false }, output: { path: join(project.folder, "dist") } }, (error, stats) => {
      if (error) reject(error);
      else resolve(stats);
    });
  });
  expect(stats?.toJson({ all: false, errors: true, warnings: true })).toMatchObject({ errors: [], warnings: [] });
  const { complaints } = listen(page);
  await page.goto(await project.serve("dist"));
  const figure = page.locator("lr-ablate");
  await figure.getByRole("button", { name: "Train", exact: true }).click();
  await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
  expect(complaints).toEqual([]);
});

test("esbuild, which leaves out what a module finds beside it: the whole library as one module", async ({ page, project }) => {
  project.install();
  project.write("main.js", `import "leftright/anywidget";`);
  project.write("index.html", `<!doctype html><link rel="icon" href="data:,"><script type="module" src="out.js"></script><lr-ablate start="untrained"></lr-ablate>`);
  await build({ absWorkingDir: project.folder, entryPoints: ["main.js"], bundle: true, format: "esm", outfile: "out.js", logLevel: "warning" });
  const { complaints, asked } = listen(page);
  await page.goto(await project.serve("."));
  const figure = page.locator("lr-ablate");
  await figure.getByRole("button", { name: "Train", exact: true }).click();
  await expect(figure.getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
  expect(asked.filter((url) => url.startsWith("http"))).toHaveLength(2);
  expect(complaints).toEqual([]);
});

test("the manifest names every element with its attributes, events, parts and design constants", () => {
  interface Named { name: string }
  interface Declared { tagName?: string; members?: (Named & { privacy?: string })[]; attributes?: Named[]; events?: Named[]; cssParts?: Named[]; cssProperties?: Named[] }
  const manifest = JSON.parse(readFileSync(join(ROOT, "package/dist/custom-elements.json"), "utf8")) as { modules: { declarations: Declared[] }[] };
  const elements = manifest.modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName !== undefined);
  const names = (of?: Named[]) => of?.map(({ name }) => name) ?? [];
  const figures = elements.filter(({ tagName }) => tagName !== "lr-strip");
  expect(elements.map(({ tagName }) => tagName?.replace("lr-", "")).sort()).toEqual([...NAMES].sort());
  for (const figure of figures) {
    expect(names(figure.attributes)).toEqual(expect.arrayContaining(["seed", "pair-labels", "single-layouts", "pair-layouts", "engine", "start", "controls", "lock", "theme", "number", "ablate", "strength", "head", "strip", "step", "steps", "weight-decay", "text-layers"]));
    expect(names(figure.events)).toEqual(expect.arrayContaining(["lr-change", "lr-trained"]));
    expect(names(figure.cssParts)).toEqual(expect.arrayContaining(["figure", "heading", "finding", "controls"]));
    expect(names(figure.cssProperties)).toEqual(expect.arrayContaining(["--lr-ink", "--lr-paper", "--lr-object-a"]));
  }
  // Nothing of what is private.
  const members = elements.flatMap(({ members }) => members ?? []);
  expect(members.filter(({ privacy }) => privacy !== undefined)).toEqual([]);
  expect(statSync(join(ROOT, "package/dist/custom-elements.json")).size).toBeLessThan(250_000);
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
