// The tutorial in JupyterLab and in marimo, as a reader opens it: it runs to its end, its figures show what Python sets, and Python
// hears what is pressed in them. NOTEBOOKS_PYTHON names a Python with the package, its widgets and both hosts.
import { expect, test, type Page } from "@playwright/test";
import { serveNotebook, type NotebookServer } from "./server";

const PYTHON = process.env.NOTEBOOKS_PYTHON ?? "";
test.skip(PYTHON === "", "NOTEBOOKS_PYTHON names no Python with leftright[widgets], jupyterlab and marimo");

// As long as the notebook: JupyterLab and the figures draw what is in sight.
test.use({ viewport: { width: 1200, height: 4000 } });

let server: NotebookServer | null = null;
test.afterEach(async () => {
  await server?.close();
  server = null;
});

/** What a page asks of others than its server. */
function strangers(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(http|ws)/.test(protocol) && hostname !== "127.0.0.1") asked.push(request.url());
  });
  return asked;
}

const finding = (page: Page, tag: string) => page.locator(tag).getByTestId("finding");
const chip = (page: Page, term: string) => page.locator("lr-ablate").getByRole("button", { name: term, exact: true });

/** The kernel and commands of JupyterLab, as far as the test uses them. */
interface Lab {
  commands: { execute(command: string, args?: object): Promise<unknown> };
  shell: { currentWidget?: { sessionContext?: { session?: { kernel?: { status: string; requestExecute(content: { code: string }): Future } } } } };
}
interface Future {
  onIOPub: (message: { content: { text?: string; evalue?: string } }) => void;
  done: Promise<unknown>;
}

/** Runs code in the notebook's kernel, and gives what it prints or raises. */
function kernel(page: Page, code: string): Promise<string> {
  return page.evaluate(async (code) => {
    const { jupyterapp } = globalThis as unknown as { jupyterapp: Lab };
    const future = jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.requestExecute({ code });
    let said = "";
    if (future) future.onIOPub = ({ content: { text, evalue } }) => { said += text ?? evalue ?? ""; };
    await future?.done;
    return said.trim();
  }, code);
}

function command(page: Page, name: string, args = {}): Promise<unknown> {
  return page.evaluate(([name, args]) => (globalThis as unknown as { jupyterapp: Lab }).jupyterapp.commands.execute(name, args), [name, args] as const);
}

test("JupyterLab: the tutorial runs, and figures and kernel say the same", async ({ page }) => {
  await page.addInitScript(() => {
    const counted = globalThis as unknown as { workers: string[] };
    counted.workers = [];
    globalThis.Worker = class extends Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        counted.workers.push(String(args[0]));
      }
    };
  });
  const asked = strangers(page);
  server = await serveNotebook(PYTHON, "tutorial.ipynb", (port) => [
    ...["jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", `--port=${port}`, "--port-retries=0", "--IdentityProvider.token="],
    ...["--LabApp.expose_app_in_browser=True", "--LabApp.news_url="],
  ]);
  await page.goto(`${server.origin}/lab/tree/tutorial.ipynb`);
  await page.waitForFunction(() => (globalThis as unknown as { jupyterapp?: Lab }).jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === "idle");
  await command(page, "notebook:run-all-cells");

  // The last cells set both figures: EP is cut, and the objects stand elsewhere.
  await expect(finding(page, "lr-ablate")).toContainText("Without EP the model still names both objects", { timeout: 60_000 });
  await expect(finding(page, "lr-gradient")).toContainText("Without EP");
  await expect(page.locator("lr-gradient").getByTestId("object-1")).toHaveAttribute("aria-valuenow", "9");
  await expect(page.locator("lr-ablate").getByTestId("state")).toHaveText(/^Opened from model [0-9a-f]{8} of this notebook\.$/);
  await expect(page.locator(".jp-OutputArea-output[data-mime-type*=stderr], .jp-OutputArea-output[data-mime-type*=error]")).toHaveCount(0);
  // The figure measures in the page what the kernel measures: the same model, the same numbers.
  expect(await kernel(page, `print(figure.accuracies["unseen"]["order"] == model.evaluate("unseen")["order"])`)).toBe("True");

  // From Python to the picture, and a wrong value nowhere.
  expect(await kernel(page, `figure.ablated = []`)).toBe("");
  await expect(finding(page, "lr-ablate")).toContainText("Nothing is ablated");
  expect(await kernel(page, `figure.ablated = ["XY"]`)).toContain("expected a list of EE, EP, EB, PE");
  await expect(finding(page, "lr-ablate")).toContainText("Nothing is ablated");

  // From the picture to Python, in both figures of the model.
  await chip(page, "PE").click();
  await expect.poll(() => kernel(page, `print(figure.ablated, gradient.ablated)`)).toBe("['PE'] ['PE']");
  await expect.poll(() => kernel(page, `print(figure.ablation["terms"], figure.ablation["after"]["unseen"]["order"] > 0.8)`)).toBe("['PE'] True");
  await page.locator("lr-gradient").getByTestId("object-0").press("ArrowRight");
  await expect.poll(() => kernel(page, `print(figure.positions, gradient.positions)`)).toBe("(2, 8) (2, 8)");

  // A key that is pressed in a figure is no command to JupyterLab: arrows stay in a slider, X cuts no cell.
  const strength = page.locator("lr-ablate").getByRole("slider", { name: "Strength" });
  for (const [key, value] of [["ArrowRight", "0.25"], ["ArrowUp", "0.5"], ["ArrowDown", "0.25"]] as const) {
    await strength.press(key);
    await expect(strength).toHaveValue(value);
  }
  await chip(page, "PE").press("x");
  await expect.poll(() => kernel(page, `print(figure.strength)`)).toBe("0.25");
  await expect(chip(page, "PE")).toBeVisible();

  const ink = () => page.locator("lr-ablate").locator("figure").evaluate((figure) => getComputedStyle(figure).color);
  await expect.poll(ink).toBe("rgb(28, 30, 34)");
  await command(page, "apputils:change-theme", { theme: "JupyterLab Dark" });
  await expect.poll(ink).toBe("rgb(233, 230, 223)");

  const workers = await page.evaluate(() => (globalThis as unknown as { workers: string[] }).workers);
  expect(workers.filter((url) => url.startsWith("blob:"))).toHaveLength(1);
  expect(asked).toEqual([]);
});

test("marimo: the tutorial runs, and cells and figures follow each other", async ({ page }) => {
  const asked = strangers(page);
  server = await serveNotebook(PYTHON, "tutorial.py", (port, copy) => ["marimo", "--yes", "run", copy, "--headless", "--no-token", "--host=127.0.0.1", `--port=${port}`]);
  await page.goto(server.origin);
  await expect(finding(page, "lr-ablate")).toContainText("Nothing is ablated", { timeout: 60_000 });
  await expect(page.getByText("Cut: nothing, at strength 0")).toBeVisible();
  await chip(page, "EP").click();
  await expect(page.getByText(/^Cut: EP, at strength 0\.0; order on unseen pairs: 0\.5\d\.$/)).toBeVisible();
  await expect(finding(page, "lr-gradient")).toContainText("Without EP");
  await page.locator("lr-gradient").getByTestId("object-0").press("ArrowRight");
  await expect(page.getByText("The objects stand at pixels 3 and 7, counted from 0.")).toBeVisible();

  // A cell of Python's own cuts another term.
  await page.getByRole("button", { name: "Cut" }).click();
  await page.getByRole("option", { name: "PE" }).click();
  await expect(chip(page, "PE")).toHaveAttribute("aria-pressed", "true");
  await expect(chip(page, "EP")).toHaveAttribute("aria-pressed", "false");
  expect(asked).toEqual([]);
});
