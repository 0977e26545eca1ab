import { defineConfig } from "vite";

export default defineConfig({
  root: "www",
  // Relative, so that any file server can host dist/ under any sub-path.
  base: "./",
  build: {
    outDir: "dist",
    rolldownOptions: { input: ["www/index.html", "www/bench.html"] },
    emptyOutDir: true,
    // A strict CSP allows neither data: URLs nor inline scripts.
    assetsInlineLimit: 0,
    // Every browser that runs our modules preloads them by itself.
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
});
