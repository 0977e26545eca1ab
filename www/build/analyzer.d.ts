declare module "@custom-elements-manifest/analyzer/cli.js" {
  import type { Package } from "custom-elements-manifest/schema.d.ts";

  export function cli(options: { argv: string[]; noWrite: boolean }): Promise<Package>;
}
