// The npm package in projects of other kinds: the examples of examples/web/ built and opened, and the types of three frameworks.
import { expect, listen, test } from "./project";

test("React and Vite: state sets attributes, events set state, and a server renders it", async ({ page, project }) => {
  project.copy("examples/web/react");
  project.install(...project.wanted());
  project.tool("typescript/bin/tsc", "--project", ".");
  project.tool("vite/bin/vite.js", "build", "--logLevel", "warn");
  const { complaints } = listen(page);
  await page.goto(await project.serve("dist"));
  const figure = page.locator("lr-ablate");
  await expect(figure.getByTestId("state")).toHaveAttribute("data-phase", "ready");
  await figure.getByRole("button", { name: "EP", exact: true }).click();
  await expect(page.locator("#told")).toHaveText(/^Order on new pairs: \d+ %, then 5\d %\.$/);
  await page.getByRole("button", { name: "Another model" }).click();
  await expect(figure).toHaveAttribute("seed", "1");
  await expect(figure.getByTestId("state")).toHaveText("Untrained. Press Train.");
  expect(complaints).toEqual([]);

  project.write("server.jsx", `import { renderToString } from "react-dom/server"; import { Course } from "./src/course.tsx"; console.log(renderToString(<Course />));`);
  project.tool("vite/bin/vite.js", "build", "--logLevel", "warn", "--ssr", "server.jsx", "--outDir", "server");
  expect(project.run(process.execPath, "server/server.js")).toContain('<lr-ablate seed="0" lock="seed"></lr-ablate>');
});

test("no bundler: a page and an import map", async ({ page, project }) => {
  project.copy("examples/web/import-map");
  project.install(...project.wanted());
  const { complaints } = listen(page);
  await page.goto(await project.serve("."));
  await page.locator("lr-ablate").getByRole("button", { name: "EP", exact: true }).click();
  await expect(page.locator("#told")).toHaveText("Cut: EP.");
  expect(complaints).toEqual([]);
});

test("Astro: rendered on the server, alive in the browser", async ({ page, project }) => {
  project.copy("examples/web/astro");
  project.install(...project.wanted());
  project.tool("astro/astro.js", "build");
  expect(project.read("dist/index.html")).toContain('<lr-ablate ablate="EP"></lr-ablate>');
  const { complaints } = listen(page);
  await page.goto(await project.serve("dist"));
  await expect(page.locator("lr-ablate").first().getByTestId("finding")).toContainText("Without EP the model still names both objects");
  expect(complaints).toEqual([]);
});

const right = `pair-labels="9" theme="dark"`;
/** A framework's file with a figure, the script of its compiler, and what is right and wrong to say of the figure. */
const FRAMEWORKS = {
  react: {
    file: (name: string, attributes: string) => [`${name}.tsx`, `import type {} from "leftright/react"; export const figure = <><lr-ablate ${attributes} /><lr-strip positions="2 7" fixed /></>;`],
    compiler: ["typescript/bin/tsc", "--project", "."],
    right: `${right} seed={3} text-layers={2} className="wide" onlr-ablate={(event) => event.detail.after.unseen.order}`,
    // TypeScript lets any attribute with a hyphen be: a misspelt one is told in the console.
    wrong: [`sed={3}`, `start="later"`, `onlr-ablate={(event) => event.detail.none}`],
  },
  vue: {
    file: (name: string, attributes: string) => [`${name}.vue`, `<script setup lang="ts">import type {} from "leftright/vue";</script><template><lr-ablate ${attributes} /></template>`],
    compiler: ["vue-tsc/bin/vue-tsc.js", "--project", "."],
    right: `${right} :seed="3" @lr-ablate="(event) => event.detail.after.unseen.order"`,
    wrong: [`pair-lables="9"`, `start="later"`, `@lr-ablate="(event) => event.detail.none"`],
  },
  svelte: {
    file: (name: string, attributes: string) => [`${name}.svelte`, `<script lang="ts">import type {} from "leftright/svelte";</script><lr-ablate ${attributes}></lr-ablate>`],
    compiler: ["svelte-check/bin/svelte-check", "--output", "machine"],
    right: `${right} seed={3} onlr-ablate={(event) => event.detail.after.unseen.order}`,
    wrong: [`start="later"`, `controls="some"`, `onlr-ablate={(event) => event.detail.none}`],
  },
};

for (const [framework, { file, compiler, right, wrong }] of Object.entries(FRAMEWORKS)) {
  test(`${framework} knows every element's attributes and events`, ({ project }) => {
    project.install("react", "@types/react", "vue", "svelte");
    project.write("tsconfig.json", JSON.stringify({ compilerOptions: { strict: true, skipLibCheck: true, noEmit: true, target: "es2022", module: "esnext", moduleResolution: "bundler", jsx: "react-jsx", types: [] }, include: ["*.tsx", "*.vue", "*.svelte"], vueCompilerOptions: { strictTemplates: true } }));
    const write = (name: string, attributes: string) => {
      const [path = "", text = ""] = file(name, attributes);
      project.write(path, text);
      return path;
    };
    const [script = "", ...args] = compiler;
    const good = write("right", right);
    const bad = wrong.map((attributes, i) => write(`wrong${i}`, attributes));
    const said = project.fails(script, ...args);
    for (const path of bad) expect(said).toContain(path);
    expect(said).not.toContain(good);
  });
}
