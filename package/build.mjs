// Builds the library, as an npm package in this folder, and puts it with embed.html and the examples into the site.
// Run after `vite build`, which makes the site; `cargo xtask build` does both.
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cli as analyzer } from "@custom-elements-manifest/analyzer/cli.js";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { build } from "vite";
import { elementTypes } from "./elements.mjs";
import { pythonWidgets } from "./python.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

for (const mode of ["library", "sandboxed", "anywidget"]) await build({ mode, logLevel: "warn" });
const types = await rolldown({
  input: { leftright: "www/src/embed/api.ts", anywidget: "www/src/embed/widget-api.ts" },
  plugins: [dts({ emitDtsOnly: true, tsconfig: "www/tsconfig.json", sourcemap: false })],
  external: [/\?/, /\.wasm/],
  logLevel: "silent",
});
await types.write({ dir: "package/dist" });
for (const folder of ["package", "www/dist"]) {
  for (const file of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(file, `${folder}/${file}`);
}
const manifest = await analyzer({ argv: ["analyze", "--config", "package/manifest.config.mjs", "--quiet"], noWrite: true });
writeFileSync("package/dist/custom-elements.json", JSON.stringify(manifest));
writeFileSync("package/dist/elements.d.ts", elementTypes(manifest));
mkdirSync("python/leftright/static", { recursive: true });
copyFileSync("package/dist/anywidget.js", "python/leftright/static/widget.js");
const widgets = "python/leftright/figures.py";
const classes = pythonWidgets(manifest);
if (process.env.CI && readFileSync(widgets, "utf8") !== classes) throw new Error(`${widgets} is of other elements than these; build it, and commit it`);
writeFileSync(widgets, classes);

const site = "www/dist";
for (const folder of ["package/dist", site]) copyFileSync("www/src/engine/pkg/crate-licenses.md", `${folder}/crate-licenses.md`);
rmSync(`${site}/lib`, { recursive: true, force: true });
mkdirSync(`${site}/lib`, { recursive: true });
cpSync("package/dist", `${site}/lib`, { recursive: true });
for (const file of ["embed/boot.js", "style/tokens.css", "style/embed.css"]) copyFileSync(`www/src/${file}`, `${site}/lib/${basename(file)}`);
rmSync(`${site}/examples`, { recursive: true, force: true });
for (const folder of ["www/examples", "python/notebooks"]) cpSync(folder, `${site}/examples`, { recursive: true });
/** Rewrites an example of the built site. */
function rewrite(file, change) {
  const path = join(site, "examples", file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}
// The MyST plugin knows the names of every element's attributes.
const attributes = new Set(manifest.modules.flatMap(({ declarations }) => declarations).flatMap(({ attributes }) => attributes.map(({ name }) => name)));
rewrite("leftright.mjs", (plugin) => plugin.replace(/ATTRIBUTES = \[\];.*/, () => `ATTRIBUTES = ${JSON.stringify([...attributes])};`));
// Whoever takes a file has the site's address in it, where the build knows that.
const address = process.env.SITE_URL;
const texts = readdirSync(`${site}/examples`, { recursive: true }).filter((file) => /\.\w+$/.test(file) && !["index.html", "examples.js"].includes(file));
if (address) for (const file of texts) rewrite(file, (text) => text.replaceAll("https://leftright.example/", new URL(address).href));
// Last, so that it vouches for the rest.
copyFileSync("www/embed.html", `${site}/embed.html`);
