import { defineConfig } from "vite";

export default defineConfig({
  // In development Vite bundles each dependency into one file; this one has a worker and WebAssembly beside it.
  optimizeDeps: { exclude: ["leftright"] },
});
