import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join, parse } from "node:path";
import { rolldown } from "rolldown";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import { card } from "./www/build/card.ts";
import { docs } from "./www/build/docs.ts";
import { numbers } from "./www/build/numbers.ts";
import { still } from "./www/build/still.ts";

/** Makes what Vite writes fit for pages and bundlers that are not ours. */
function forOthers(): Plugin {
  return {
    name: "for-others",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        chunk.code = chunk.code
          // Vite's `new URL(new URL("worker.js", import.meta.url).href, "" + import.meta.url)` is read by no bundler.
          .replace(/new URL\(new URL\([`'"]([^`'"]+)[`'"],\s*import\.meta\.url\)\.href,\s*[`'"]{2}\s*\+\s*import\.meta\.url\)/g, 'new URL("$1",import.meta.url)')
          // An address that is known only where it runs is no file for a bundler to look for.
          .replace(/\bimport\((\w+\.href)\)/g, "import(/* @vite-ignore */ /* webpackIgnore: true */ $1)")
          .replace(/\bnew URL\((\w+),\s*import\.meta\.url\)/g, 'new URL($1,""+import.meta.url)')
          // A page's own `html { font-size: 10px }` would shrink our type and spaces.
          .replace(/(?<![\w.])(\d*\.?\d+)rem\b/g, "calc($1 * var(--lr-rem, 16px))");
      }
    },
  };
}

/** Writes `sw.js`, which keeps the files of the article and of the documentation but the report's pictures, each by its hash and length. */
function offline(): Plugin {
  return {
    name: "offline",
    async writeBundle({ dir = "" }, bundle) {
      const built = Object.keys(bundle).filter((name) => !/bench|licenses|^docs\/figures\//.test(name));
      const manifest = ["early.js", ...built].map((url) => {
        const content = readFileSync(join(dir, url));
        const hash = createHash("sha256").update(content).digest("base64");
        return { url, revision: hash, integrity: `sha256-${hash}`, bytes: content.length };
      });
      const worker = await rolldown({ input: "www/src/app/service-worker.js", transform: { define: { MANIFEST: JSON.stringify(manifest), "process.env.NODE_ENV": '"production"' } } });
      await worker.write({ file: join(dir, "sw.js"), format: "iife", minify: true });
    },
  };
}

const SHARED = {
  root: "www",
  // Relative, so that any file server can host the site under any sub-path.
  base: "./",
} satisfies UserConfig;

/** Of the packages that are bundled. */
const LICENSES = { fileName: "third-party-licenses.md" };

const WHOLE_WORKER = { output: { codeSplitting: false } };

/** The article, the bench page and the documentation. */
const site: UserConfig = {
  ...SHARED,
  plugins: [numbers(), still(), card(), docs(), offline()],
  build: {
    outDir: "dist",
    rolldownOptions: { input: ["www/index.html", "www/bench.html"] },
    emptyOutDir: true,
    // A strict CSP allows neither data: URLs nor inline scripts.
    assetsInlineLimit: 0,
    // Every browser that runs our modules preloads them by itself.
    modulePreload: { polyfill: false },
    license: LICENSES,
  },
  worker: { format: "es" },
};

/** The modules that a bundler may import alone, each with what it defines: `leftright/ablate`. */
const FIGURES = Object.fromEntries(readdirSync("www/src/embed/figures").map((file) => [parse(file).name, `www/src/embed/figures/${file}`]));

/** The library, for a script tag and a bundler, and what embed.html runs. */
const library: UserConfig = {
  ...SHARED,
  publicDir: false,
  plugins: [forOthers()],
  build: {
    outDir: "../package/dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    license: LICENSES,
    rolldownOptions: {
      input: { leftright: "www/src/embed/library.ts", frame: "www/src/embed/frame.ts", ...FIGURES },
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js", assetFileNames: "[name]-[hash][extname]" },
    },
  },
  worker: { format: "es", rolldownOptions: WHOLE_WORKER },
};

/** In one file every URL is a whole one, and a classic script has no `import.meta`. */
const NO_META = { define: { "import.meta.url": '"data:,"', "import.meta": "{}" } };

/** A script that fetches nothing: code, worker, WebAssembly and the trained model in one file. */
function inOneFile(input: Record<string, string>, format: "iife" | "es"): UserConfig {
  return {
    ...SHARED,
    publicDir: false,
    plugins: [
      {
        name: "worker-inside",
        enforce: "pre",
        resolveId(source, importer) {
          return source === "./open-worker" && importer ? this.resolve("./open-worker.inline", importer) : null;
        },
      },
      forOthers(),
    ],
    build: {
      outDir: "../package/dist",
      emptyOutDir: false,
      assetsInlineLimit: Infinity,
      chunkSizeWarningLimit: 5_000,
      modulePreload: false,
      rolldownOptions: {
        input,
        preserveEntrySignatures: "strict",
        transform: NO_META,
        output: { format, entryFileNames: "[name].js", codeSplitting: false },
      },
    },
    // A frame without an origin may run a blob as a classic worker, not as a module.
    worker: { format: "iife", rolldownOptions: { ...WHOLE_WORKER, transform: NO_META } },
  };
}

const MODES: Record<string, UserConfig> = {
  library,
  // embed.html in a sandboxed frame, which can fetch nothing.
  sandboxed: inOneFile({ sandboxed: "www/src/embed/frame.ts" }, "iife"),
  anywidget: inOneFile({ anywidget: "www/src/embed/anywidget.ts" }, "es"),
};

export default defineConfig(({ mode }) => MODES[mode] ?? site);
