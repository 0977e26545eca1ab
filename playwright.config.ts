import { defineConfig } from "@playwright/test";
import type { Options } from "./tests/browsers/reader";

// `cargo xtask test` names the browser it found. Playwright's workers inherit the port, so
// that every process of one run agrees on it and two runs at once do not meet.
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const port = (process.env.TEST_PORT ??= String(20_000 + (process.pid % 20_000)));
const origin = `http://127.0.0.1:${port}`;

const quiet = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function browser(...args: string[]) {
  return { launchOptions: { executablePath, args: [...quiet, ...args] } };
}

/** The scenarios in a browser that Playwright does not drive. */
function scenarios(engine: Options["engine"], program: string) {
  return { name: engine, testDir: "tests/browsers", use: { engine, program } };
}

export default defineConfig<object, Options>({
  testDir: "tests/browser",
  outputDir: "target/playwright/artifacts",
  snapshotPathTemplate: "{testDir}/appearance/{arg}{ext}",
  reporter: [["list"], ["json", { outputFile: "target/playwright/results.json" }]],
  workers: 2,
  timeout: 180_000,
  expect: { timeout: Number(process.env.EXPECT_MS ?? 30_000) },
  forbidOnly: process.env.CI !== undefined,
  use: { baseURL: `${origin}/`, screenshot: "only-on-failure", serviceWorkers: "block" },
  webServer: {
    command: `cargo xtask serve --no-build --port ${port}`,
    url: origin,
    timeout: 300_000,
    reuseExistingServer: false,
  },
  projects: [
    {
      name: "webgpu",
      // The rest is the same with WebGPU and without.
      testMatch: /(bench|campaign|engines|path|population|reference)\.spec\.ts/,
      use: browser("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"),
      // An emulated GPU fills the cores.
      workers: 1,
    },
    // Without the flags above, requestAdapter() answers null here: the reader without WebGPU.
    { name: "no-webgpu", testIgnore: /timed\.spec\.ts/, fullyParallel: true, use: browser() },
    // The npm package, in a project that is not ours.
    { name: "package", testDir: "tests/package", use: browser() },
    // The Python package's tutorial, in the hosts of notebooks.
    { name: "notebooks", testDir: "tests/notebooks", use: browser() },
    // What the documentation tells a reader to run beside the page; it opens no browser.
    { name: "recipes", testDir: "tests/recipes" },
    scenarios("firefox", process.env.FIREFOX ?? "/usr/bin/firefox-esr"),
    scenarios("webkit", process.env.WEBKIT ?? "/usr/bin/WebKitWebDriver"),
    // Last, with nothing beside it.
    { name: "timed", testMatch: /timed\.spec\.ts/, dependencies: ["webgpu", "no-webgpu", "package", "notebooks", "recipes", "firefox", "webkit"], use: browser() },
  ],
});
