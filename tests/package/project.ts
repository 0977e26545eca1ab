// Projects that are not ours, with the npm package as a stranger has it: packed, and installed in a folder of its own.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test as base, type Page } from "@playwright/test";

export { expect };

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json" };

export interface Packed {
  /** The packed package. */
  path: string;
  files: string[];
}

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "leftright-package-"));
  #server: Server | null = null;

  constructor(private readonly packed: Packed) {}

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  /** Takes an example of ours as it stands. */
  copy(example: string): void {
    const ours = (path: string) => !/(^|\/)(node_modules|dist|\.astro)(\/|$)/.test(path.slice(ROOT.length));
    cpSync(join(ROOT, example), this.folder, { recursive: true, filter: ours });
  }

  /** Installs the package; whatever else the project asks for is this repository's, for what is tested is the package. */
  install(...others: string[]): void {
    this.write("package.json", JSON.stringify({ name: "course", private: true, type: "module" }));
    this.run("npm", "install", "--no-audit", "--no-fund", "--offline", this.packed.path);
    for (const name of others) {
      const place = join(this.folder, "node_modules", name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(join(ROOT, "node_modules", name), place, "junction");
    }
  }

  /** The packages that the project's own package.json asks for, but ours. */
  wanted(): string[] {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(this.read("package.json")) as Record<string, Record<string, string> | undefined>;
    return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => name !== "leftright");
  }

  run(program: string, ...args: string[]): string {
    return execFileSync(program, args, { cwd: this.folder, encoding: "utf8", env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1" } });
  }

  /** Runs a script of this repository's node_modules in the project's folder. */
  tool(script: string, ...args: string[]): string {
    return this.run(process.execPath, join(ROOT, "node_modules", script), ...args);
  }

  /** The output of a tool that must fail. */
  fails(script: string, ...args: string[]): string {
    try {
      this.tool(script, ...args);
    } catch (thrown) {
      const { stdout, stderr } = thrown as { stdout: string; stderr: string };
      return stdout + stderr;
    }
    throw new Error(`${script} found nothing wrong`);
  }

  /** Serves a folder of it. */
  async serve(below: string): Promise<string> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://course");
      const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
      try {
        response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(readFileSync(join(this.folder, below, path)));
      } catch {
        response.writeHead(404).end();
      }
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /** Serves no more. */
  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  remove(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a page says in its console, and the files that it asks for. */
export function listen(page: Page): { complaints: string[]; asked: string[] } {
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => asked.push(request.url()));
  return { complaints, asked };
}

export const test = base.extend<{ project: Project }, { packed: Packed }>({
  packed: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "leftright-packed-"));
      const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", folder, join(ROOT, "package")], { encoding: "utf8" })) as [{ filename: string; files: { path: string }[] }];
      await use({ path: join(folder, packed.filename), files: packed.files.map(({ path }) => path) });
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],
  project: async ({ packed }, use) => {
    const project = new Project(packed);
    await use(project);
    project.remove();
  },
});
