import { expect, type Locator, type Page } from "@playwright/test";

/** What the tests use of the page's handle, `leftright.run` (www/src/run/run.ts). */
interface Run {
  phase: string;
  step: number;
  msPerStep: number | null;
  error: string | null;
  losses: number[];
  kept: number[];
  worker: { kill(): void };
  current: { config: { seed: number } } | null;
  client: {
    create(config: Record<string, number>, engine: string): Promise<unknown>;
    loseDevice(): Promise<void>;
    checkpoint(): Promise<Uint8Array>;
    ablate: (ablations: unknown) => Promise<unknown>;
  };
  train(to?: number): Promise<void>;
  pause(): Promise<void>;
  reset(): Promise<void>;
}

type Split = "single" | "seen" | "unseen";
type Accuracy = "retrieval" | "order" | "recognition";

/** The page as a reader meets it: what can be pressed, and what can be read. */
export class Article {
  readonly state: Locator;
  readonly engine: Locator;
  readonly notices: Locator;
  readonly error: Locator;

  constructor(readonly page: Page) {
    this.state = page.getByTestId("state");
    this.engine = page.getByTestId("engine");
    this.notices = page.getByTestId("notices");
    this.error = page.locator("lr-train").first().getByTestId("error");
  }

  /** Opens the page, with an untrained model if nothing else is said. */
  async open(query = "", start = "untrained"): Promise<void> {
    await this.page.goto(`./${query}${query === "" ? "?" : "&"}start=${start}`);
    await expect(this.state).toHaveAttribute("data-phase", "ready");
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  finding(figure: "lr-train" | "lr-gradient" | "lr-ablate"): Locator {
    return this.page.locator(figure).getByTestId("finding");
  }

  async step(): Promise<number> {
    return Number(await this.state.getAttribute("data-step"));
  }

  /** Trains as far as one press on Train goes. */
  async train(): Promise<void> {
    await this.button("Train").click();
    await this.trained();
  }

  async trained(): Promise<void> {
    await expect(this.state).toHaveText(/^Trained for/, { timeout: 120_000 });
  }

  /** Trains until at least `step`, then pauses. */
  async trainPast(step: number): Promise<void> {
    await this.page.getByRole("button", { name: /^(Train|Go on)$/ }).click();
    await expect(this.state).toHaveAttribute("data-phase", "training"); // until then the step may be the model's before
    await expect.poll(() => this.step()).toBeGreaterThanOrEqual(step);
    await this.button("Pause").click();
    await expect(this.state).toHaveAttribute("data-phase", /ready|paused/);
  }

  async accuracy(split: Split, name: Accuracy): Promise<number> {
    return Number(await this.page.getByTestId(`accuracies-${split}`).locator(`[data-accuracy=${name}]`).textContent());
  }

  async ablated(split: Split, name: Accuracy, when: "before" | "after"): Promise<number> {
    return Number(await this.page.getByTestId(`ablation-${split}-${name}`).locator(`[data-value=${when}]`).textContent());
  }

  /** Chooses a file in "Open a model". */
  async openModel(name: string, buffer: Buffer): Promise<void> {
    await this.page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  }

  /** The curve as it is drawn: one loss for each step so far. */
  async losses(): Promise<number[]> {
    return this.run((run) => run.losses);
  }

  /** Reaches the run behind the figures, for what no reader can do by hand. */
  async run<T>(use: (run: Run) => T | Promise<T>): Promise<T> {
    const handle = await this.page.evaluateHandle(() => (globalThis as unknown as { leftright: { run: Run } }).leftright.run);
    return handle.evaluate(use as (run: Run) => T);
  }
}
