import { expect, type Locator, type Page } from "@playwright/test";

/** A figure of an experiment, as a reader meets it. */
export class Trial {
  readonly figure: Locator;
  readonly finding: Locator;
  readonly verdict: Locator;
  /** Of a figure that trains models of its own. */
  readonly state: Locator;
  /** Of a figure that examines the reader's model. */
  readonly examined: Locator;

  constructor(
    readonly page: Page,
    readonly name: string,
  ) {
    this.figure = page.locator(`lr-${name}`);
    this.finding = this.figure.getByTestId("finding");
    this.verdict = this.figure.getByTestId("verdict");
    this.state = this.figure.getByTestId("experiment-state");
    this.examined = this.figure.getByTestId("examination-state");
  }

  button(name: string): Locator {
    return this.figure.getByRole("button", { name, exact: true });
  }

  /** Scrolls to the figure, which is loaded only then, in a tab that is to be shown first. */
  async show(): Promise<void> {
    const hidden = this.page.locator(".tabs > section[hidden]").filter({ has: this.figure });
    if ((await hidden.count()) > 0) await this.page.locator(`#${await hidden.getAttribute("id") ?? ""}-tab`).click();
    await this.figure.scrollIntoViewIfNeeded();
    await expect(this.verdict).toHaveAttribute("data-verdict", "open");
  }

  /** Presses Run, and waits for the first models' results. */
  async run(models: number): Promise<void> {
    await this.show();
    await this.button("Run").click();
    await this.measured(models);
  }

  async done(): Promise<number> {
    return Number(await this.state.getAttribute("data-done"));
  }

  async measured(models: number): Promise<void> {
    await expect.poll(() => this.done(), { timeout: 100_000 }).toBeGreaterThanOrEqual(models);
  }

  async cancel(): Promise<void> {
    await this.button("Cancel").click();
    await expect(this.state).toHaveAttribute("data-phase", "ready");
  }

  /** Measures the reader's model, every part. */
  async measure(): Promise<void> {
    await this.show();
    await this.figure.getByRole("button", { name: /^Measure/ }).click();
    await expect(this.examined).toHaveText(/^Measured: /, { timeout: 60_000 });
  }

  chart(title: string): Locator {
    return this.figure.locator("[data-testid=charts] lr-chart").filter({ has: this.page.getByRole("heading", { name: title }) });
  }

  /** The value of a row of a table that is a picture, once its models are measured: workers end in any order. */
  async row(title: string, name: string): Promise<number> {
    return number(this.chart(title).locator(`tr[data-name="${name}"]`), "data-value");
  }

  cell(title: string, row: string, column: string): Locator {
    return this.chart(title).locator(`[data-row="${row}"][data-column="${column}"]`);
  }

  /** The last value of a line. */
  async end(title: string, series: string): Promise<number> {
    return number(this.chart(title).locator(`g[data-series="${series}"]`), "data-last");
  }

  /** A picture's values as the arrow keys read them, from the first on. */
  async read(title: string, ...keys: string[]): Promise<string> {
    const picture = this.chart(title).getByRole("application");
    await picture.focus();
    for (const key of keys) await picture.press(key);
    return (await this.chart(title).locator(".reading").textContent()) ?? "";
  }
}

export async function number(locator: Locator, attribute: string): Promise<number> {
  await expect(locator).toHaveAttribute(attribute, /\d/, { timeout: 100_000 });
  return Number.parseFloat((await locator.getAttribute(attribute)) ?? "");
}
