// A notebook's server in a folder of its own, with a copy of one of the tutorials.
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../port";

const NOTEBOOKS = fileURLToPath(new URL("../../python/notebooks/", import.meta.url));

export interface NotebookServer {
  origin: string;
  close(): Promise<void>;
}

/** Starts `python -m MODULE`, whose arguments are made of the port and of the copy of a notebook. */
export async function serveNotebook(python: string, notebook: string, args: (port: string, copy: string) => string[]): Promise<NotebookServer> {
  const folder = mkdtempSync(join(tmpdir(), "leftright-notebook-"));
  copyFileSync(join(NOTEBOOKS, notebook), join(folder, notebook));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  // What a machine's own user has set up is no part of the test.
  const own = { HOME: folder, JUPYTER_CONFIG_DIR: folder, JUPYTER_DATA_DIR: folder, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder };
  const server = spawn(python, ["-m", ...args(String(port), join(folder, notebook))], { cwd: folder, env: { ...process.env, ...own }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text: Buffer) => { said += text.toString(); });
  const ended = new Promise<void>((resolve) => server.once("close", () => { resolve(); }));
  const close = async () => {
    server.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (const patience = Date.now() + 30_000; ; ) {
    if (await fetch(origin).then(({ ok }) => ok, () => false)) return { origin, close };
    if (Date.now() > patience || server.exitCode !== null) {
      await close();
      throw new Error(`${notebook} was not served: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
