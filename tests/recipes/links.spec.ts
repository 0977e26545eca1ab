// Every relative link of the repository's own pages leads to a file of it, and to a heading where it names one. Where docs/ leads out
// of its folder it means the site, which tests/browser/docs.spec.ts holds.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";
import { getHeadingList, gfmHeadingId } from "marked-gfm-heading-id";
import { expect, test } from "@playwright/test";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGES = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
/** What a registry shows without the repository around it. */
const ALONE = ["package/README.md", "python/README.md"];
/** What the build of the site puts in a page of docs/, headings with it. */
const FILLED = /<!-- \S+ -->/;

interface Read {
  links: string[];
  headings: string[];
}

function read(markdown: string): Read {
  const links: string[] = [];
  const marked = new Marked(gfmHeadingId(), {
    walkTokens(token) {
      if (token.type === "link" || token.type === "image") links.push(String(token.href));
      if (token.type === "html") links.push(...[...token.raw.matchAll(/\b(?:href|src)=["']([^"']+)/g)].map(([, address = ""]) => address));
    },
  });
  marked.parse(markdown, { async: false });
  return { links, headings: getHeadingList().map(({ id }) => id) };
}

/** The links of a page that lead nowhere. */
function dead(page: string, markdown: string): string[] {
  const { links, headings } = read(markdown);
  return links.filter((link) => {
    if (/^[a-z]+:|^\/\//i.test(link)) return false;
    const [path = "", fragment] = decodeURI(link).split("#");
    if (path !== "" && ALONE.includes(page)) return true;
    const file = path === "" ? page : normalize(join(dirname(page), path));
    if (page.startsWith("docs/") && !file.startsWith("docs/")) return false;
    if (!existsSync(ROOT + file)) return true;
    if (fragment === undefined) return false;
    const markdownOf = path === "" ? markdown : statSync(ROOT + file).isFile() ? readFileSync(ROOT + file, "utf8") : "";
    if (FILLED.test(markdownOf)) return false;
    return !(path === "" ? headings : read(markdownOf).headings).includes(fragment);
  });
}

test("every relative link and fragment of every page leads somewhere", () => {
  expect(PAGES.length).toBeGreaterThan(30);
  const all = PAGES.map((page) => ({ page, text: readFileSync(ROOT + page, "utf8") }));
  expect(all.flatMap(({ text }) => read(text).links).length).toBeGreaterThan(100);
  expect(all.flatMap(({ page, text }) => dead(page, text).map((link) => `${page}: ${link}`))).toEqual([]);
});

test("a link that leads nowhere is found", () => {
  const wrong = "# Here\n[a](none.md) [b](docs/embed.md#nothing) [c](#there) ![d](docs/none.png)\n\n<a href='x'>e</a> <a href=\"docs/none\">f</a>";
  expect(dead("README.md", wrong)).toEqual(["none.md", "docs/embed.md#nothing", "#there", "docs/none.png", "x", "docs/none"]);
  const right = "# Here\n[a](SECURITY.md) [b](docs/embed.md#servers-and-policies) [c](#here) [d](docs/) [e](https://example.com/x#y)";
  expect(dead("README.md", right)).toEqual([]);
  // A registry has neither the repository nor another package's README.
  expect(dead("package/README.md", "[a](../python/README.md) [b](build.mjs)")).toEqual(["../python/README.md", "build.mjs"]);
});
