// embed.html: one figure in a frame.
import { readFileSync } from "node:fs";
import { expect, ready, test } from "./guest";
import { page as html } from "./host";

const frame = (query: string, attributes = "") => html(`<script type="module" src="/site/examples/host.js"></script><iframe title="A figure" width="700" ${attributes} src="/site/embed.html?${query}"></iframe>`);

test("tells its height in our words and in Canvas's, and again when it changes", async ({ page, host, complaints }) => {
  await page.addInitScript(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heard });
    if (window.parent === window) addEventListener("message", ({ data }) => heard.push(data));
  });
  const { origin } = await host({ "/course": frame("figure=gradient&theme=dark&id=week-3") });
  await page.goto(`${origin}/course`);
  const inside = page.frameLocator("iframe");
  await expect(inside.getByTestId("captions")).toBeVisible();
  const fits = () => page.locator("iframe").evaluate((frame: HTMLIFrameElement) => {
    const body = frame.contentDocument?.body.getBoundingClientRect().height ?? 0;
    return { body: Math.ceil(body), frame: frame.clientHeight, scrolls: (frame.contentDocument?.documentElement.scrollHeight ?? 0) > frame.clientHeight };
  });
  await expect.poll(async () => { const { body, frame } = await fits(); return body - frame; }).toBe(0);
  const before = (await fits()).frame;
  await inside.getByText("The same as a table").click();
  await expect.poll(async () => (await fits()).frame).toBeGreaterThan(before + 300);
  expect((await fits()).scrolls).toBe(false);
  const heard = await page.evaluate(() => (globalThis as unknown as { heard: { type?: string; subject?: string; id?: string; height: number }[] }).heard);
  const height = (await fits()).frame;
  expect(heard).toContainEqual({ type: "leftright:height", height, id: "week-3" });
  expect(heard).toContainEqual({ subject: "lti.frameResize", height });
  await expect(inside.locator("html")).toHaveCSS("background-color", "rgb(21, 23, 27)");
  await expect(inside.getByRole("link")).toHaveCount(1);
  expect(complaints).toEqual([]);
});

test("the host script takes heights from frames alone, and sane ones", async ({ page, host }) => {
  const { origin } = await host({ "/course": frame("figure=strip") });
  await page.goto(`${origin}/course`);
  await expect(page.frameLocator("iframe").locator("lr-strip")).toBeVisible();
  await expect.poll(() => page.locator("iframe").evaluate((frame) => frame.style.height)).toMatch(/px$/);
  const height = () => page.locator("iframe").evaluate((frame) => frame.style.height);
  const before = await height();
  await page.evaluate(() => { postMessage({ type: "leftright:height", height: 5_000 }); });
  await page.waitForTimeout(200);
  expect(await height()).toBe(before);
  await page.frameLocator("iframe").locator("body").evaluate(() => { window.parent.postMessage({ type: "leftright:height", height: 1e9 }, "*"); });
  await expect.poll(height).toBe("10000px");
});

test("addresses, right, wrong and hostile: a working figure, and a line for what is wrong", async ({ page, host, complaints }) => {
  const { origin } = await host({});
  const open = async (query: string) => {
    await page.goto(`${origin}/site/embed.html?${query}`);
    return page.locator("main > *").last();
  };
  const alarm = () => page.locator("main > .alarm").textContent();
  for (const [query, element] of [["figure=ablate&seed=3", "lr-ablate"], ["", "lr-ablate"], ["figure=norm-mlp", "lr-norm-mlp"], ["figure=train&controls=none&lock=seed", "lr-train"]] as const) {
    expect(await (await open(query)).evaluate((figure) => figure.localName)).toBe(element);
    await expect(page.locator(element).getByTestId("finding")).not.toBeEmpty();
    await expect(page.locator("main > .alarm")).toHaveCount(0);
  }
  for (const figure of ["nonesuch", "<img src=x onerror=alert(1)>", "constructor", "__proto__", "script", "a".repeat(5_000), "lr-ablate"]) {
    expect(await (await open(`figure=${encodeURIComponent(figure)}`)).evaluate((element) => element.localName)).toBe("lr-ablate");
    expect(await alarm()).toContain("but must be one of train, gradient, ablate");
    expect((await alarm())?.length).toBeLessThan(300);
  }
  const figure = await open("figure=ablate&onclick=alert(1)&style=display:none&is=x&%00=1&seed=%F0%28&=&theme=%22%3E&1x=1&srcdoc=x&pair_labels=5");
  expect(await figure.evaluate((element) => ["onclick", "style", "is"].some((name) => element.hasAttribute(name)))).toBe(false);
  expect(await figure.getAttribute("pair-labels")).toBe("5");
  await expect(figure).toContainText("theme is “\">”, but must be one of");
  await ready(page, "lr-ablate");
  expect(complaints).toEqual([]);
});

test("without scripts' storage or an origin, and from a server that allows other origins, alike", async ({ page, host, complaints }) => {
  const { origin } = await host({ "/course": frame("figure=train&start=untrained&engine=cpu", `sandbox="allow-scripts"`) }, { "access-control-allow-origin": "*" });
  await page.goto(`${origin}/course`);
  const inside = page.frameLocator("iframe");
  await inside.getByRole("button", { name: "Train", exact: true }).click();
  await expect(inside.getByTestId("state")).toHaveText(/^Trained for 1,000/, { timeout: 120_000 });
  expect(complaints).toEqual([]);
});

test("where controls are hidden nothing says to press one, and a figure that measures does so of itself", async ({ page, host }) => {
  const { origin } = await host({});
  for (const figure of ["train", "ablate", "surgery", "diversity"]) {
    await page.goto(`${origin}/site/embed.html?controls=none&engine=cpu&figure=${figure}`);
    const element = page.locator(`lr-${figure}`);
    await expect(element.getByTestId("finding")).not.toBeEmpty();
    if (figure === "surgery") await expect(element.getByTestId("finding")).toContainText("Over one model", { timeout: 60_000 });
    await expect(element.getByRole("button")).toHaveCount(0);
    expect(await element.ariaSnapshot(), figure).not.toMatch(/\bpress\b/i); // what is shown
  }
  // Negative control: with its controls a figure does say so.
  await page.goto(`${origin}/site/embed.html?engine=cpu&figure=ablate`);
  await expect(page.locator("lr-ablate").getByTestId("finding")).toContainText("Press a term");
});

test("a frame runs no script but ours, and where ours does not come it says so", async ({ page, host }) => {
  const { origin } = await host({ "/course": frame("figure=strip"), "/late": frame("figure=strip", `sandbox="allow-popups"`) });
  const injected = () => {
    document.head.append(Object.assign(document.createElement("script"), { textContent: "globalThis.stranger = true" }));
    return "stranger" in globalThis;
  };
  await page.goto(`${origin}/course`);
  const inside = page.frameLocator("iframe");
  await expect(inside.locator("lr-strip")).toBeVisible();
  expect(await inside.locator("body").evaluate(injected)).toBe(false);
  expect(await page.evaluate(injected)).toBe(true); // negative control: our test's page has no policy
  await expect(inside.locator(".late")).toHaveCount(0);
  await page.goto(`${origin}/late`);
  await expect(inside.getByText("If it does not come")).toBeVisible();
});

test("the documentation's frame may save files; one that may not does not say that it did", async ({ page, host }) => {
  const [, sandbox = ""] = /sandbox="([^"]*)"/.exec(readFileSync(new URL("../../docs/embed.md", import.meta.url), "utf8")) ?? [];
  const { origin } = await host({ "/course": frame("figure=ablate", `sandbox="${sandbox}"`), "/strict": frame("figure=ablate", `sandbox="allow-scripts"`) });
  const save = async (course: string) => {
    await page.goto(origin + course);
    const menu = page.frameLocator("iframe").getByTestId("keep");
    await menu.getByText("Keep", { exact: true }).click();
    await menu.getByRole("button", { name: "CSV" }).click();
    return menu.getByRole("status");
  };
  const download = page.waitForEvent("download");
  await save("/course");
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  await expect(await save("/strict")).toContainText("If no file came, the page around this figure forbids it");
});
