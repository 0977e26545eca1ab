// The documentation: the pages of docs/ and the report as pages of the site, in the order of docs/SUMMARY.md, with a search that asks
// no server.
import { readFileSync, readdirSync } from "node:fs";
import { basename, dirname, posix, resolve } from "node:path";
import { Marked } from "marked";
import { getHeadingList, gfmHeadingId } from "marked-gfm-heading-id";
import { runnerImport, type Plugin } from "vite";
import type { Section } from "../src/docs/search.ts";

const FOLDER = "docs";
/** What every page looks like: the article's constants, the examples' type, and what is the documentation's own. */
const STYLES = ["www/src/style/tokens.css", "www/examples/examples.css", "www/src/docs/docs.css"];
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** A page. Those that are below another in the summary are reached from that one alone: a worksheet does not lead to its answers. */
interface Chapter {
  title: string;
  /** Its file, relative to docs/. */
  source: string;
  address: string;
  /** The title of the part that it begins. */
  part: string | null;
  below: Chapter | null;
}

export function docs(): Plugin {
  return {
    name: "docs",
    buildStart() {
      this.emitFile({ type: "chunk", id: resolve("www/src/docs/search.ts"), fileName: `${FOLDER}/search.js` });
    },
    async generateBundle() {
      const { module } = await runnerImport<typeof import("./reference.ts")>("./www/build/reference.ts");
      const emit = (name: string, source: string) => this.emitFile({ type: "asset", fileName: `${FOLDER}/${name}`, source });
      const { pages, pictures, sections } = written(await module.reference());
      for (const [name, page] of pages) emit(name, page);
      for (const picture of pictures) emit(picture, readFileSync(picture, "utf8"));
      emit("search.json", JSON.stringify(sections));
      emit("docs.css", STYLES.map((path) => readFileSync(path, "utf8")).join("\n"));
    },
  };
}

/** Every page by its name, the pictures of the report, and the sections that the search looks through. */
export function written(parts: Record<string, string>): { pages: Map<string, string>; pictures: string[]; sections: Section[] } {
  const summary = chapters(readFileSync(`${FOLDER}/SUMMARY.md`, "utf8"));
  const listed = summary.map(({ source }) => source);
  const there = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md") && file !== "SUMMARY.md");
  const forgotten = there.filter((file) => !listed.includes(file));
  if (forgotten.length > 0) throw new Error(`${FOLDER}/SUMMARY.md does not list ${forgotten.join(", ")}`);
  const pages = new Map<string, string>();
  const sections: Section[] = [];
  const pictures: string[] = [];
  for (const chapter of summary) {
    const { source, address } = chapter;
    const body = rendered(filled(readFileSync(`${FOLDER}/${source}`, "utf8"), parts, source));
    const [title] = getHeadingList();
    if (title?.level !== 1) throw new Error(`${FOLDER}/${source} does not begin with its title`);
    pages.set(address, page(chapter, title.text, body, summary.filter(({ below }) => below === null)));
    pictures.push(...Array.from(body.matchAll(/<img [^>]*src="(figures\/[\w.-]+)"/g), ([, picture = ""]) => picture));
    sections.push(...sectionsOf(address, body));
  }
  return { pages, pictures, sections };
}

function chapters(summary: string): Chapter[] {
  const all: Chapter[] = [];
  let [begun, above]: [string | null, Chapter | null] = [null, null];
  for (const [, part, indent, title = "", source = ""] of summary.matchAll(/^(?:## (.+)|( *)- \[(.+)\]\((.+)\))$/gm)) {
    if (part !== undefined) {
      begun = part;
      continue;
    }
    const chapter: Chapter = { title, source, address: addressOf(source), part: begun, below: indent === "" ? null : above };
    if (indent === "") above = chapter;
    begun = null;
    all.push(chapter);
  }
  return all;
}

/** A folder's README is its first page; the report, which is beside docs/, comes among its pages. */
function addressOf(source: string): string {
  return source.replace(/^\.\.\/(?=REPRODUCTION\.md)/, "").replace(/README\.md/, "index.html").replace(/\.md(?=#|$)/, ".html");
}

/** `<!-- NAME -->` becomes a part from the sources, `<!-- FILE.EXT -->` a file of docs/ as code, `<!-- PATH.rs -->` what the Rust file says of its module. */
function filled(text: string, parts: Record<string, string>, source: string): string {
  return text.replaceAll(/<!-- (\S+) -->/g, (_, name: string) => {
    if (name.endsWith(".rs")) return moduleOf(name);
    if (name.includes(".")) return `\`\`\`\n${readFileSync(`${FOLDER}/${name}`, "utf8")}\`\`\``;
    const part = parts[name];
    if (part === undefined) throw new Error(`${FOLDER}/${source} asks for “${name}”, which is none of ${Object.keys(parts).join(", ")}`);
    return part;
  });
}

/** The documentation of a module, from its first heading on, which becomes one of the second level. What links to items of the crate is left as code. */
function moduleOf(path: string): string {
  const lines = readFileSync(path, "utf8").split("\n").filter((line) => line.startsWith("//!")).map((line) => line.slice(4));
  const text = lines.join("\n");
  return text.slice(text.indexOf("# ")).replaceAll(/^#/gm, "##").replaceAll(/\[(`[^`]+`|[^\]\\]+)\](?:\([^)]+\))?/g, "$1");
}

const marked = new Marked(gfmHeadingId(), {
  walkTokens(token) {
    if (token.type === "link" && !/^\w+:/.test(String(token.href))) token.href = addressOf(String(token.href));
  },
});

/** What is too wide scrolls by itself, by keys too. */
function rendered(text: string): string {
  const body = marked.parse(text, { async: false });
  return body.replaceAll("<img ", '<img loading="lazy" ').replaceAll("<pre>", '<pre tabindex="0">').replaceAll("<table>", '<div class="scroll" tabindex="0"><table>').replaceAll("</table>", "</table></div>");
}

/** The text under each heading of a page. */
function sectionsOf(address: string, body: string): Section[] {
  const plain = (html: string) => html.replaceAll(/<[^>]+>/g, " ").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&").replaceAll(/\s+/g, " ").trim();
  const [, ...found] = body.split(/<h[1-3] id="/);
  const [title = ""] = found.map((section) => plain(/>(.*?)<\/h1>/s.exec(section)?.[1] ?? ""));
  return found.map((section) => {
    const [, id = "", heading = "", text = ""] = /^([^"]+)">(.*?)<\/h\d>(.*)$/s.exec(section) ?? [];
    return { id: `${address}#${id}`, title, heading: plain(heading), text: plain(text) };
  });
}

function contents(open: Chapter, top: Chapter[]): string {
  return top
    .map(({ title, address, part }) => {
      const here = address === (open.below ?? open).address ? ' aria-current="page"' : "";
      return `${part === null ? "" : `<li class="part">${part}</li>`}<li><a href="${way(open.address, address)}"${here}>${title}</a></li>`;
    })
    .join("\n");
}

/** From one page to another. */
function way(from: string, to: string): string {
  return posix.join(posix.relative(dirname(from), dirname(to)), basename(to));
}

function page(open: Chapter, title: string, body: string, top: Chapter[]): string {
  const { address, below } = open;
  const at = top.indexOf(open);
  const [before, after] = below ? [below, undefined] : [top[at - 1], top[at + 1]];
  const beside = (chapter: Chapter | undefined, rel: string, arrow: string) =>
    chapter === undefined ? "" : `<a rel="${rel}" href="${way(address, chapter.address)}">${arrow.replace("…", chapter.title)}</a>`;
  const root = posix.join(posix.relative(dirname(address), "."), ".");
  const home = posix.join(root, "..");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <link rel="icon" href="data:," />
    <script src="${home}/early.js"></script>
    <link rel="stylesheet" href="${root}/docs.css" />
    <script type="module" src="${root}/search.js"></script>
  </head>
  <body class="docs">
    <header>
      <a href="${home}/index.html">The article</a>
      <a class="to-contents" href="#contents">Contents</a>
      <search hidden data-root="${root}/">
        <label>Search <input type="search" autocomplete="off" /></label>
        <p role="status"></p>
        <ol></ol>
      </search>
    </header>
    <main>
${body}
      <p class="beside">${beside(before, "prev", "← …")} ${beside(after, "next", "… →")}</p>
    </main>
    <nav id="contents" aria-label="Contents">
      <ul>
${contents(open, top)}
      </ul>
    </nav>
  </body>
</html>
`;
}
