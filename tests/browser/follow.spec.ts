// The worked example: one strip through the model, step by step, with the numbers of the model that is shown.
import type { Page } from "@playwright/test";
import type { Decomposition } from "../../www/src/engine/pkg/leftright";
import { expect, test } from "./harness";

test.beforeEach(({}, { project }) => {
  test.skip(project.name === "webgpu", "the page is the same");
});

const TITLES = ["Tokens", "Query and key", "Nine terms", "Softmax", "Reading", "Two captions", "Swapped"];

async function open(page: Page, query = "") {
  await page.goto(`./${query}`);
  await page.locator("#follow").scrollIntoViewIfNeeded();
  const figure = page.locator("lr-follow");
  await expect(figure.getByTestId("stage")).toBeVisible();
  return { figure, finding: figure.getByTestId("finding"), stage: figure.getByTestId("stage"), step: (title: string) => figure.getByRole("button", { name: new RegExp(`^\\d ${title}$`) }) };
}

/** What the model of the page makes of a strip; `ablate`: the terms that are cut. */
function decomposed(page: Page, strip: number[], ablate: string[] = []): Promise<Decomposition> {
  return page.evaluate(
    ([strip, terms]) => {
      interface Handle { leftright: { run: { decompose(scene: object, cut: object): Promise<Decomposition> } } }
      return (globalThis as unknown as Handle).leftright.run.decompose({ strip }, { terms, strength: 0, heads: null });
    },
    [strip, ablate] as const,
  );
}

const STRIP = [0, 0, 16, 0, 0, 0, 0, 17, 0, 0];
const SWAPPED = [0, 0, 17, 0, 0, 0, 0, 16, 0, 0];
const percent = (share = 0) => `${Math.round(share * 100)} %`;

test("it is stepped by buttons and by its list, each of whose steps the Tab key reaches", async ({ page }) => {
  const { figure, stage, step, finding } = await open(page);
  await expect(figure.getByRole("listitem")).toHaveText(TITLES.map((title, i) => `${i + 1} ${title}`));
  await expect(figure.getByRole("button", { name: "Back" })).toBeDisabled();
  const said = new Set<string>();
  for (let at = 1; at <= TITLES.length; at++) {
    await expect(stage).toHaveAttribute("data-step", String(at));
    said.add(await finding.innerText());
    await figure.getByRole("button", { name: "Next" }).click({ force: true });
  }
  expect(said.size).toBe(TITLES.length);
  await expect(figure.getByRole("button", { name: "Next" })).toBeDisabled();
  await figure.getByRole("button", { name: "Back" }).click();
  await expect(stage).toHaveAttribute("data-step", "6");
  await step("Nine terms").click();
  await page.keyboard.press("Tab");
  await expect(step("Softmax")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(stage).toHaveAttribute("data-step", "4");
  await expect(figure.getByRole("status").last()).toContainText("A softmax turns");
});

test("its numbers are the model's, and follow what is cut, moved and trained", async ({ page }) => {
  const { figure, finding, stage, step } = await open(page);
  const whole = await decomposed(page, STRIP);
  const head = whole.heads[whole.strongest];
  await step("Softmax").click();
  await expect(finding).toContainText(`Head ${whole.strongest} gives ${percent(head?.attention[3])} to 16 and ${percent(head?.attention[8])} to 17.`);
  await step("Two captions").click();
  await expect(finding).toContainText(`“16 is on the left of 17” comes nearer (${whole.captions[0]?.similarity.toFixed(2) ?? ""})`);
  await expect(finding).toContainText("the model is right");

  // The one thing that differs when the two change places.
  await step("Swapped").click();
  await expect(finding).toContainText(`head ${whole.strongest} read 16 alone and now reads 17 alone, and the other heads read as before. It is right both times.`);
  const swapped = await decomposed(page, SWAPPED);
  await expect(stage.getByTestId(`reads-${swapped.strongest}`).getByRole("cell").last()).toContainText(`■ ${percent(swapped.heads[swapped.strongest]?.attention[3])}`);

  // Without EP nothing does; the button is in another figure.
  await page.locator("lr-hero").getByRole("button", { name: "Take the term away" }).click();
  await figure.scrollIntoViewIfNeeded();
  await expect(finding).toContainText("Every head reads what it read before, so the two strips look alike to the model. It gives both the same answer.");
  await step("Nine terms").click();
  await expect(finding).toContainText("0.0 from EP");
  const cut = await decomposed(page, STRIP, ["EP"]);
  await step("Softmax").click();
  await expect(finding).toContainText(`gives ${percent(cut.heads[cut.strongest]?.attention[3])} to 16`);

  // A moved object.
  await figure.getByTestId("object-0").press("ArrowRight");
  const moved = await decomposed(page, [0, 0, 0, 16, 0, 0, 0, 17, 0, 0], ["EP"]);
  await expect(finding).toContainText(`gives ${percent(moved.heads[moved.strongest]?.attention[4])} to 16`);
  await step("Tokens").click();
  await expect(stage.getByRole("img", { name: /^Tokens: / })).toHaveAttribute("aria-label", /content 16 at position 4/);
});

test("negative control: another term taken away leaves the difference, and a model that knows nothing has none to tell of", async ({ page }) => {
  const first = await open(page, "?ablate=PP");
  await first.step("Swapped").click();
  await expect(first.finding).toContainText("read 16 alone and now reads 17 alone");
  const second = await open(page, "?engine=cpu&start=untrained");
  await second.step("Swapped").click();
  await expect(second.finding).not.toContainText("It is right both times");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("before and after are on one screen", async ({ page }) => {
    const { stage, step } = await open(page);
    await step("Swapped").click();
    const compared = stage.getByTestId("compared");
    await expect(compared.getByRole("columnheader")).toHaveText([/Each head reads/, "This strip", "Swapped"]);
    const [first, last] = [await stage.boundingBox(), await compared.boundingBox()];
    expect((last?.y ?? Infinity) + (last?.height ?? 0) - (first?.y ?? 0)).toBeLessThan(740);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("every step is there as a sentence, of the model that ships", async ({ page }) => {
    await page.goto("./");
    const steps = page.locator("lr-follow li");
    await expect(steps).toHaveCount(TITLES.length);
    await expect(steps.locator("b")).toHaveText(TITLES.map((title) => `${title}.`));
    await expect(steps.last()).toContainText("read 16 alone and now reads 17 alone");
    await expect(steps.last()).toBeVisible();
  });
});
