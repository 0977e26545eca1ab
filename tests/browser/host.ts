// Pages that are not ours: a server of their own, which has the site below /site/ and whatever pages a test writes.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const SITE = fileURLToPath(new URL("../../www/dist/", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

export interface Host {
  origin: string;
  /** The paths that were asked for. */
  asked: string[];
  close(): void;
}

/** Serves pages (by their paths) and the site; `headers` come with every answer, as from a server that is set up so. */
export async function serve(pages: Record<string, string>, headers: Record<string, string> = {}): Promise<Host> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://host");
    asked.push(pathname);
    const page = pages[pathname];
    const send = (body: string | Buffer, type: string) => { response.writeHead(200, { "content-type": type, ...headers }).end(body); };
    const missing = () => { response.writeHead(404).end(); };
    if (page !== undefined) send(page, extname(pathname) === "" ? "text/html; charset=utf-8" : (TYPES[extname(pathname)] ?? "text/plain"));
    else if (!pathname.startsWith("/site/") || pathname.includes("..")) missing();
    else readFile(SITE + pathname.slice("/site/".length)).then((file) => { send(file, TYPES[extname(pathname)] ?? "application/octet-stream"); }, missing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, asked, close: () => { server.close(); server.closeAllConnections(); } };
}

/** A host's page with something in its body. */
export function page(body: string, head = ""): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A course</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`;
}

/** The policy that the documentation asks of other sites' pages, as a header has it. */
export function askedPolicy(site: string): string {
  const [, policy] = /^Content-Security-Policy: (.*)$/m.exec(readFileSync(new URL("../../docs/embed.md", import.meta.url), "utf8")) ?? [];
  if (policy === undefined) throw new Error("docs/embed.md gives no policy");
  return policy.replaceAll("https://your.site", site);
}

/** A page that allows this and nothing else. */
export function documentedPolicy(site: string): string {
  return `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; ${askedPolicy(site)}">`;
}
