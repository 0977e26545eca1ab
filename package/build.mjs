// Builds the library, as an npm package in this folder, and puts it with embed.html and the examples into the site.
// Run after `vite build`, which makes the site; `cargo xtask build` does both.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { build } from "vite";
import { elementTypes } from "./elements.mjs";
import { withAttributes, withReference } from "./reference.mjs";
import { writeTeaching } from "./teaching.mjs";

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
execFileSync(process.execPath, ["node_modules/@custom-elements-manifest/analyzer/cem.js", "analyze", "--config", "package/manifest.config.mjs", "--quiet"], { stdio: "inherit" });
const manifest = JSON.parse(readFileSync("package/dist/custom-elements.json", "utf8"));
writeFileSync("package/dist/custom-elements.json", JSON.stringify(manifest));
writeFileSync("package/dist/elements.d.ts", elementTypes(manifest));

const site = "www/dist";
for (const folder of ["package/dist", site]) copyFileSync("www/src/engine/pkg/crate-licenses.md", `${folder}/crate-licenses.md`);
rmSync(`${site}/lib`, { recursive: true, force: true });
mkdirSync(`${site}/lib`, { recursive: true });
cpSync("package/dist", `${site}/lib`, { recursive: true });
for (const file of ["embed/boot.js", "style/tokens.css", "style/embed.css"]) copyFileSync(`www/src/${file}`, `${site}/lib/${basename(file)}`);
rmSync(`${site}/examples`, { recursive: true, force: true });
cpSync("www/examples", `${site}/examples`, { recursive: true });
/** Rewrites an example of the built site. */
function rewrite(file, change) {
  const path = join(site, "examples", file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}
rewrite("index.html", (page) => withReference(page, manifest));
rewrite("leftright.mjs", (plugin) => withAttributes(plugin, manifest));
// Whoever takes a file has the site's address in it, where the build knows that.
const address = process.env.SITE_URL;
const texts = readdirSync(`${site}/examples`, { recursive: true }).filter((file) => /\.\w+$/.test(file) && !["index.html", "examples.js"].includes(file));
if (address) for (const file of texts) rewrite(file, (text) => text.replaceAll("https://leftright.example/", new URL(address).href));
writeTeaching(site);
// Last, so that it vouches for the rest.
copyFileSync("www/embed.html", `${site}/embed.html`);
