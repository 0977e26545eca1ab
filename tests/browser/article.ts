import { expect, type Locator, type Page } from "@playwright/test";

/** What the tests use of the page's handle, `leftright.run` (www/src/run/run.ts). */
interface Run {
  phase: string;
  step: number;
  msPerStep: number | null;
  error: string | null;
  losses: number[];
  kept: number[];
  seen: number | null;
  views: { placed: { positions: number[] } };
  worker: { kill(): void };
  current: { config: { seed: number } } | null;
  evaluation: { accuracies: Record<Split, Record<Accuracy, number | null>> } | null;
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
  /** The view beside the text. */
  readonly cockpit: Locator;

  constructor(readonly page: Page) {
    this.cockpit = page.locator("lr-cockpit");
    this.state = this.cockpit.getByTestId("state");
    this.engine = this.cockpit.getByTestId("engine");
    this.notices = this.cockpit.getByTestId("notices");
    this.error = this.cockpit.getByTestId("error");
  }

  /** Opens the page, with an untrained model if nothing else is said. */
  async open(query = "", start = "untrained"): Promise<void> {
    await this.page.goto(`./${query}${query === "" ? "?" : "&"}start=${start}`);
    await expect(this.state).toHaveAttribute("data-phase", "ready");
  }

  /** A button of the cockpit. */
  button(name: string | RegExp): Locator {
    return this.cockpit.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
  }

  /** What the cockpit says of the model on all new pairs. */
  get finding(): Locator {
    return this.cockpit.getByTestId("finding");
  }

  /** A figure of the page's own run, in the lab at its end, which is loaded when it comes near. */
  async figure(name: "lr-train" | "lr-gradient" | "lr-ablate"): Promise<Locator> {
    await this.page.locator("lr-lab").scrollIntoViewIfNeeded();
    const figure = this.page.locator(`lr-lab ${name}`).first();
    await figure.scrollIntoViewIfNeeded();
    return figure;
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
    await this.button(/^(Train|Go on)$/).click();
    await expect(this.state).toHaveAttribute("data-phase", "training"); // until then the step may be the model's before
    await expect.poll(() => this.step()).toBeGreaterThanOrEqual(step);
    await this.button("Pause").click();
    await expect(this.state).toHaveAttribute("data-phase", /ready|paused/);
  }

  async accuracy(split: Split, name: Accuracy): Promise<number> {
    const accuracies = await this.run((run) => run.evaluation?.accuracies);
    return accuracies?.[split][name] ?? NaN;
  }

  /** A share of all new pairs, before and after what is cut, as the cockpit draws it. */
  async ablated(name: "order" | "recognition", when: "before" | "after"): Promise<number> {
    return Number(await this.cockpit.getByTestId(`unseen-${name}`).getAttribute(`data-${when}`));
  }

  /** Chooses a file in "Open a model". */
  async openModel(name: string, buffer: Buffer): Promise<void> {
    await (await this.figure("lr-train")).locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
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
