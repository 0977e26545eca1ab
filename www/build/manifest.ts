// The custom-elements manifest: what a page may use of the figures, and nothing of what is private.
import { cli } from "@custom-elements-manifest/analyzer/cli.js";
import type { CustomElement, Package } from "custom-elements-manifest/schema.d.ts";

export async function manifest(): Promise<Package> {
  return cli({ argv: ["analyze", "--config", "package/manifest.config.mjs", "--quiet"], noWrite: true });
}

/** Every element that it has. */
export function elements({ modules }: Package): CustomElement[] {
  return modules.flatMap(({ declarations = [] }) => declarations as CustomElement[]);
}
