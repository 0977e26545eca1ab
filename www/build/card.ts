// The picture that goes with a link to the article. Whoever shows links asks for its whole address, which only a host knows: it is
// taken from SITE_URL where that is set, and is relative else.
import type { Plugin } from "vite";

export function card(): Plugin {
  return {
    name: "card",
    transformIndexHtml: {
      order: "pre",
      handler: (page) => {
        const site = process.env.SITE_URL;
        return site === undefined ? page : page.replace('content="/card.png"', `content="${new URL("card.png", site).href}"`);
      },
    },
  };
}
