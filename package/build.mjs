// Builds the library, as an npm package in this folder, and puts it with embed.html and the examples into the site.
// Run after `vite build`, which makes the site; `cargo xtask build` does both.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

await build({ mode: "library", logLevel: "warn" });
await build({ mode: "sandboxed", logLevel: "warn" });
const types = await rolldown({
  input: { leftright: "www/src/embed/api.ts" },
  plugins: [dts({ emitDtsOnly: true, tsconfig: "www/tsconfig.json", sourcemap: false })],
  external: [/\?/, /\.wasm/],
  logLevel: "silent",
});
await types.write({ dir: "package/dist" });
for (const folder of ["package", "www/dist"]) {
  for (const file of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(file, `${folder}/${file}`);
}
execFileSync(process.execPath, ["node_modules/@custom-elements-manifest/analyzer/cem.js", "analyze", "--config", "package/manifest.config.mjs", "--quiet"], { stdio: "inherit" });

const site = "www/dist";
for (const folder of ["package/dist", site]) copyFileSync("www/src/engine/pkg/crate-licenses.md", `${folder}/crate-licenses.md`);
rmSync(`${site}/lib`, { recursive: true, force: true });
mkdirSync(`${site}/lib`, { recursive: true });
cpSync("package/dist", `${site}/lib`, { recursive: true });
for (const file of ["embed/boot.js", "style/tokens.css", "style/embed.css"]) copyFileSync(`www/src/${file}`, `${site}/lib/${basename(file)}`);
rmSync(`${site}/examples`, { recursive: true, force: true });
cpSync("www/examples", `${site}/examples`, { recursive: true });
// Last, so that it vouches for the rest.
copyFileSync("www/embed.html", `${site}/embed.html`);
