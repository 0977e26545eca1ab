import { defineConfig } from "vitest/config";

/** What needs neither a browser nor the crate's build. */
export default defineConfig({ test: { include: ["tests/unit/*.test.ts"] } });
