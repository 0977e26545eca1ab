// Whatever stands in an address, the page opens: with the settings it says, or with defaults and one line that says why.
import type { Page } from "@playwright/test";
import { Article } from "./article";
import { times } from "./campaign";
import { expect, test } from "./harness";
import { random } from "./random";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

const COUNT = times(75, 500);
/** Every so many-th address is opened as a page of its own. */
const OPENED = 20;
/** In every hostile text, so that it is known wherever it comes out. */
const MARK = "hostile7f3a";

/** Values that can be used, together or alone: what makes a model that takes seconds to judge is left out. */
const GOOD: Record<string, string[]> = {
  seed: ["0", "7", "4294967295", "1e3"],
  pair_labels: ["2", "3", "9", "15"],
  single_layouts: ["1", "5", "9"],
  pair_layouts: ["1", "30", "44"],
  engine: ["auto", "cpu"],
  right: ["true", "false"],
  layer_norm: ["true"],
  mlp: ["true"],
  d_model: ["32", "64"],
  heads: ["2", "8"],
  text_layers: ["1", "2"],
  batch: ["2", "64"],
  lr: ["0.01", "1e-4", "0"],
  weight_decay: ["0.5"],
  cls_std: ["0.02"],
  schedule: ["cosine", "constant"],
  ablate: ["EP", "EP VP", "BB"],
  strength: ["-1", "0.5", "2"],
  head: ["0", "3", "15"],
  strip: ["0 0 16 0 0 0 0 17 0 0", "1 2 0 0 0 0 0 0 0 0"],
};
const BAD = [
  `<img src=x onerror=alert('${MARK}')>`, `"><script>alert('${MARK}')</script>`, `javascript:alert('${MARK}')`, `\${${MARK}}`, `{{${MARK}}}`,
  `../../../etc/passwd?${MARK}`, "..%2f..%2f", "NaN", "Infinity", "-Infinity", "1e309", "-1", "0.5", "9".repeat(4000), "1e400", "0x10", "١٢", "🦀".repeat(50), "\u0000", "\u202e12", "",
  " ", "null", "undefined", "[object Object]", "__proto__", "true", "TRUE", "1,5", "4294967296", "99999999999999999999",
];
const KEYS = [...Object.keys(GOOD), "pixels", "labels", "held_labels", "grid", "above", "objects", "autoregressive", "vision_layers", "d_embed", "beta1", "eps", "warmup", "max_scale", "start"];
const STRANGE = ["__proto__", "constructor", "toString", `<b>${MARK}</b>`, "figure", "", "%", "seed%00", "hasOwnProperty"];

function addresses(): string[] {
  const next = random(20261124);
  const one = <T>(of: T[]): T => of[Math.floor(next() * of.length)] as T;
  const encode = (text: string) => (next() < 0.9 ? encodeURIComponent(text) : text.replace(/[#&\n\u0000]/g, ""));
  return Array.from({ length: COUNT }, (_, i) => {
    const parts = Array.from({ length: 1 + Math.floor(next() * 4) }, () => {
      const kind = i % 3 === 0 ? 0 : next();
      if (kind < 0.3) {
        const key = one(Object.keys(GOOD));
        return `${key}=${encode(one(GOOD[key] ?? []))}`;
      }
      if (kind < 0.9) return `${one(KEYS)}=${encode(one(BAD))}`;
      return `${encode(one(STRANGE))}=${encode(one(BAD))}`;
    });
    if (next() < 0.15) parts.push(...parts); // the same key twice
    if (next() < 0.1) parts.push(one(["%E0%A4%A", "%", "&&&", "=", "a=b=c", "?"])); // no escape at all
    return `?${parts.join("&")}`;
  });
}

/** The page's own policy demands Trusted Types. Here every text that Lit makes elements of is written down as well. */
async function guard(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const markup: string[] = [];
    interface Rules { createHTML?: (text: string) => string }
    interface Factory { createPolicy(name: string, rules: Rules): unknown }
    const types = (globalThis as unknown as { trustedTypes: Factory }).trustedTypes;
    const create = types.createPolicy.bind(types);
    types.createPolicy = (name, rules) => {
      const { createHTML } = rules;
      if (!createHTML) return create(name, rules);
      const policy = create(name, { ...rules, createHTML: (text) => { markup.push(text); return createHTML(text); } });
      Object.assign(globalThis, { policy });
      return policy;
    };
    Object.assign(globalThis, { markup });
  });
}

/** What became markup, and what an address has put on the page. */
function traces(page: Page) {
  return page.evaluate((mark) => {
    const within = (root: ParentNode): ParentNode[] => [root, ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? within(shadowRoot) : []))];
    const roots = within(document);
    const { markup } = globalThis as unknown as { markup: string[] };
    return {
      guarded: markup.length > 0,
      markup: markup.filter((text) => text.includes(mark)),
      elements: roots.flatMap((root) => [...root.querySelectorAll("img:not(.static > img[src^='./assets/']), iframe, object, embed, script:not([src])")].map(({ outerHTML }) => outerHTML)),
    };
  }, MARK);
}

test(`each of ${COUNT} addresses makes a run that works or says why not, in one page; every ${OPENED}th is opened for itself`, async ({ page }) => {
  await guard(page);
  const article = new Article(page);
  await article.open("?engine=cpu");
  const all = addresses();
  const seen = await page.evaluate(async (searches) => {
    interface Run { phase: string; notices: string[]; error: string | null; evaluation: { accuracies: { unseen: { retrieval: number } } } | null; start(): Promise<void>; close(): void; worker: unknown; constructor: new (worker: unknown, source: object, renew: () => Promise<void>) => Run }
    const own = (globalThis as unknown as { leftright: { run: Run } }).leftright.run;
    const results = [];
    for (const search of searches) {
      const run = new own.constructor(own.worker, { search, start: "untrained" }, () => Promise.resolve());
      await run.start();
      // As the page shows it.
      const figure = Object.assign(document.createElement("lr-cockpit"), { run }) as unknown as HTMLElement & { updateComplete: Promise<unknown> };
      document.body.append(figure);
      await figure.updateComplete;
      const shown = figure.shadowRoot?.querySelector("[data-testid=notices]")?.textContent.replace(/\s+/g, " ").trim() ?? "";
      results.push({ phase: run.phase, error: run.error, notices: run.notices, shown, retrieval: run.evaluation?.accuracies.unseen.retrieval ?? null });
      figure.remove();
    }
    return results;
  }, all);
  const failed = all.flatMap((search, i) => {
    const { phase, error, notices, shown, retrieval } = seen[i] ?? { phase: "", error: null, notices: [], shown: "", retrieval: null };
    const said = notices.every((notice) => notice.length < 500 && !notice.includes("\n") && shown.includes(notice.replace(/\s+/g, " ").trim()));
    return phase === "ready" && error === null && retrieval !== null && said ? [] : [{ search: search.slice(0, 200), phase, error, notices, retrieval }];
  });
  expect(failed).toEqual([]);
  // The addresses are of both kinds: many are used as they are, many are refused.
  const refused = seen.filter(({ notices }) => notices.length > 0).length;
  expect(refused).toBeGreaterThan(COUNT / 4);
  expect(seen.length - refused).toBeGreaterThan(COUNT / 4);
  expect(await traces(page)).toEqual({ guarded: true, markup: [], elements: [] });

  for (const search of all.filter((_, i) => i % OPENED === 1)) {
    await page.goto(`./${search}`);
    await expect(article.state, search.slice(0, 200)).toHaveAttribute("data-phase", /^(ready|training)$/);
    await expect(article.finding).not.toBeEmpty();
    await expect((await article.figure("lr-gradient")).getByTestId("captions")).toBeVisible();
    expect(await traces(page)).toEqual({ guarded: true, markup: [], elements: [] });
  }
});

test.describe("negative control", () => {
  test.use({ allowedConsole: /requires 'Trusted(HTML|ScriptURL)' assignment/ });

  test("the guard sees markup made of an address", async ({ page }) => {
    await guard(page);
    await new Article(page).open();
    await page.evaluate((mark) => {
      const { policy } = globalThis as unknown as { policy: { createHTML(text: string): string } };
      document.body.append(document.createRange().createContextualFragment(policy.createHTML(`<img alt=${mark}>`)));
    }, MARK);
    const { markup, elements } = await traces(page);
    expect([markup.length, elements.length]).toEqual([1, 1]);
    const refusals = await page.evaluate(() =>
      [
        () => { document.body.innerHTML = "<b></b>"; },
        () => new Worker("https://example.com/worker.js"),
        () => new Worker("data:text/javascript,"),
      ].map((work) => { try { work(); return "done"; } catch { return "refused"; } }),
    );
    expect(refusals).toEqual(["refused", "refused", "refused"]);
  });
});

test("settings, cuts and a strip come back from the address that they wrote", async ({ page }) => {
  const article = new Article(page);
  await article.open("?engine=cpu&seed=3&d_model=64&right=true&lr=0.002&ablate=EP+VP&strength=-1&head=2&strip=0+18+0+0+0+0+0+0+16+0");
  await expect(article.notices).toBeEmpty();
  expect(await article.run((run) => run.current?.config)).toMatchObject({ seed: 3, d_model: 64, right: true, lr: 0.002 });
  await expect(page).toHaveURL(/\?seed=3&right=true&d_model=64&lr=0\.002&engine=cpu&ablate=EP\+VP&strength=-1&head=2&strip=.*/);
  const [ablate, gradient] = [await article.figure("lr-ablate"), await article.figure("lr-gradient")];
  await expect(ablate.getByTestId("ablation")).toHaveAttribute("data-cut", "EP,VP");
  for (const name of ["EP", "VP: position in the values", "2"]) await expect(ablate.getByRole("button", { name, exact: true })).toHaveAttribute("aria-pressed", "true");
  await expect(gradient.getByTestId("label-0")).toHaveValue("18");
  await expect(gradient.getByTestId("object-1")).toHaveAttribute("aria-valuenow", "9");

  await ablate.getByRole("button", { name: "Clear", exact: true }).click();
  await ablate.getByRole("button", { name: "PP", exact: true }).click();
  await gradient.getByTestId("object-1").press("ArrowRight");
  await expect(page).toHaveURL(/&ablate=PP&strip=0\+18\+0\+0\+0\+0\+0\+0\+0\+16&start=untrained$/);
});
