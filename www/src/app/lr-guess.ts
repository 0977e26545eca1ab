import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { AblationResult } from "../engine/pkg/leftright.js";
import type { ExperimentFigure } from "../experiments/experiment-figure";
import { sinceStep } from "../figures/findings";
import { press } from "../figures/press";
import { figureOf, giveAnswers, hasAnswer } from "./answers";
import { told } from "./guesses";
import { accuracy } from "../util/format";
import { KeepsPlace } from "../util/keeps-place";
import { LatestAnswer } from "../util/latest-answer";
import { sharedRun } from "../run/registry";
import { figureStyles } from "../style/figure";

/** A choice, and the shares between which it is right. */
interface Choice {
  text: string;
  from: number;
  to: number;
}

/** A question whose answer is a score of the reader's own model, with EP at another strength. */
interface Question {
  question: string;
  strength: number;
  score: "order" | "recognition";
  choices: Choice[];
}

const OF_THE_RUN: Record<string, Question> = {
  cut: {
    question: "Before you look: take EP out of every head. In how many pairs that it never met will the model still name both objects?",
    strength: 0,
    score: "recognition",
    choices: [
      { text: "Hardly any (under 0.25)", from: 0, to: 0.25 },
      { text: "About half (0.25 to 0.75)", from: 0.25, to: 0.75 },
      { text: "Nearly all (over 0.75)", from: 0.75, to: 1 },
    ],
  },
  reverse: {
    question: "Before you look: with EP reversed, in how many pairs that it never met will the model prefer the right order?",
    strength: -1,
    score: "order",
    choices: [
      { text: "Hardly any (under 0.25)", from: 0, to: 0.25 },
      { text: "About half, as without EP (0.25 to 0.75)", from: 0.25, to: 0.75 },
      { text: "Nearly all, as before (over 0.75)", from: 0.75, to: 1 },
    ],
  },
};

/** A question that our report answers, below it in the text. */
const DIVERSITY = {
  question: "Before you look: what lifts retrieval on unseen pairs more, if training goes from the fewest to the most?",
  choices: ["More different objects in pairs", "More layouts of each pair", "Both about equally"],
  right: 0,
};

/** Asks the reader for a guess, and answers with the run at hand. `ask` is cut, reverse or diversity. */
@customElement("lr-guess")
export class LrGuess extends LitElement {
  static override styles = [
    figureStyles,
    css`
      :host {
        padding: var(--space-4);
        border-radius: 4px;
        background: var(--panel);
      }

      :host([guess="off"]) {
        display: none;
      }

      label {
        display: flex;
        align-items: baseline;
        gap: var(--space-2);
        min-height: 1.75rem;
      }

      input {
        accent-color: var(--ink);
      }

      button {
        margin-right: var(--space-3);
      }

      .row {
        margin-top: var(--space-2);
      }

      .until,
      [role="status"] {
        flex: 1 1 16rem;
      }

      /* The cockpit stands beside the text, whole. */
      @media (min-width: 70rem) {
        .narrow {
          display: none;
        }
      }

      /* Room for the answer, where there is room. */
      @media (min-width: 40rem) {
        .until,
        [role="status"] {
          min-height: 4.35rem;
        }

        .until + [role="status"] {
          min-height: 0;
        }
      }
    `,
  ];

  @property() ask = "";
  protected readonly place = new KeepsPlace(this, "[role=status]");
  private readonly run = sharedRun();
  private guess: number | null = null;
  private asked = false;
  private readonly answer = new LatestAnswer<AblationResult>(() => { this.requestUpdate(); });
  private readonly follow = () => { this.requestUpdate(); };

  override connectedCallback(): void {
    super.connectedCallback();
    this.run.addEventListener("change", this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.run.removeEventListener("change", this.follow);
  }

  protected override willUpdate(): void {
    const { evaluation, phase } = this.run;
    const question = OF_THE_RUN[this.ask];
    if (!this.asked || !question || !evaluation || phase === "loading" || phase === "failed") return;
    const { strength } = question;
    this.answer.ask([evaluation], () => this.run.ablate([{ tower: "vision", terms: ["EP"], strength, heads: null }]));
  }

  /** What has come of the guess is told once it can be judged, and again when the reader guesses anew. */
  protected override updated(): void {
    if (!this.asked) return;
    const right = this.right();
    if (this.guess === null || right !== null) told(this.ask, right);
  }

  private choose(guess: number): void {
    this.guess = guess;
    this.requestUpdate();
  }

  private reveal(): void {
    this.asked = true;
    giveAnswers(this.ask);
    this.requestUpdate();
  }

  /** Whether the guess is right; null where there is none, or nothing to judge it by yet. */
  private right(): boolean | null {
    const { guess } = this;
    const question = OF_THE_RUN[this.ask];
    if (guess === null) return null;
    if (!question) return guess === DIVERSITY.right;
    const value = this.run.trained ? this.answer.value?.after.unseen[question.score] : undefined;
    const choice = question.choices[guess];
    return value === undefined || value === null || !choice ? null : value >= choice.from && value <= choice.to;
  }

  private verdict(): string | typeof nothing {
    if (!this.asked || this.guess === null) return nothing;
    const question = OF_THE_RUN[this.ask];
    return question ? this.ofTheRun(question) : this.ofDiversity();
  }

  private ofTheRun({ strength, score }: Question): string {
    const { trained, evaluation, asOpened, phase, bundled } = this.run;
    if (phase === "failed") return "The engine has stopped, so there is no answer.";
    const after = this.answer.value?.after.unseen;
    if (!after || !evaluation) return "Measuring the model…";
    if (!trained) return "Your model is untrained, so it cannot say. Train it further up, and the answer is written here.";
    const other = score === "order" ? `recognition is ${accuracy(after.recognition)}` : `order is ${accuracy(after.order)}`;
    return `${this.comparison()} ${sinceStep(evaluation.step, asOpened)}, ${bundled ? "the model" : "your model"} ${strength === 0 ? "without EP" : "with EP reversed"} has ${score === "order" ? "an order" : "a recognition"} of ${accuracy(after[score])} on unseen pairs; its ${other}.`;
  }

  private ofDiversity(): string {
    const found = document.querySelector<ExperimentFigure>("lr-diversity:defined")?.found() ?? "";
    return `${this.comparison()} ${found === "" ? "Our report answers below, and Figure 4 on your machine." : `Your models of Figure 4: ${found}`}`;
  }

  private comparison(): string {
    return this.right() ? "As you guessed." : "Not as you guessed.";
  }

  /** What is not there until the question is answered, and how to have it without. */
  private hiddenUntil() {
    const figure = figureOf(this.ask);
    const view = figure === null ? nothing : html`<span class="narrow">, and with them Figure ${figure}, in which you can try it</span>`;
    return html`<button class="link" @click=${() => { this.reveal(); }}>Skip the question</button>
      <p class="note until">${this.ask in OF_THE_RUN ? html`The next paragraphs are hidden until then${view}.` : "What we make of it is hidden until then, below the figure."}</p>`;
  }

  override render() {
    const { question, choices } = OF_THE_RUN[this.ask] ?? DIVERSITY;
    return html`<fieldset>
        <legend>${question}</legend>
        ${choices.map((choice, i) => html`<label>
          <input type="radio" name="guess" .checked=${this.guess === i} @change=${() => { this.choose(i); }} />
          ${typeof choice === "string" ? choice : choice.text}
        </label>`)}
      </fieldset>
      <div class="row">
        ${press("See the answer", () => { this.reveal(); }, { able: this.guess !== null, why: "Choose one first." })}
        ${hasAnswer(this.ask) && !this.asked ? this.hiddenUntil() : nothing}
        <p role="status" data-testid="answer">${this.verdict()}</p>
      </div>`;
  }
}
