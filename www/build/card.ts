// The picture that goes with a link to the article. Whoever shows links asks for its whole address, which only a host knows: it is
// taken from SITE_URL where that is set, and is relative else.
import type { Plugin } from "vite";

const CARD = 'content="/card.png"';

export function card(): Plugin {
  return {
    name: "card",
    transformIndexHtml: {
      order: "pre",
      handler: (page, { path }) => (path === "/index.html" ? addressed(page, process.env.SITE_URL) : page),
    },
  };
}

/** The page with the card's whole address; a page without a card fails the build. */
export function addressed(page: string, site: string | undefined): string {
  if (!page.includes(CARD)) throw new Error(`the page has no ${CARD}`);
  return site === undefined ? page : page.replace(CARD, `content="${new URL("card.png", site).href}"`);
}
