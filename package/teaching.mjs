// The pages of docs/teaching as pages of the site, to be read, opened and printed.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { marked } from "marked";

const SOURCES = "docs/teaching";

function page(source) {
  const [, title] = /^# (.+)$/m.exec(source);
  // A link to another of the pages is one to what is made of it.
  const body = marked.parse(source).replaceAll(/href="([\w-]+)\.md"/g, 'href="$1.html"');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="../../lib/tokens.css" />
    <link rel="stylesheet" href="../../examples/examples.css" />
  </head>
  <body>
    <main>
${body.replaceAll("<table>", '<div class="scroll"><table>').replaceAll("</table>", "</table></div>")}
    </main>
    <footer><p><a href="index.html">The lesson</a> · <a href="../../index.html">The article</a></p></footer>
  </body>
</html>
`;
}

export function writeTeaching(site) {
  const folder = `${site}/${SOURCES}`;
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(SOURCES)) {
    const name = file === "README.md" ? "index" : file.replace(".md", "");
    writeFileSync(`${folder}/${name}.html`, page(readFileSync(`${SOURCES}/${file}`, "utf8")));
  }
}
