import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import "../figures/lr-ablate";
import "../figures/lr-gradient";
import "../figures/lr-surgery";
import "../figures/lr-train";
import "./lr-kept";
import "./lr-population";
import "./lr-settings";
import { defineExperiment } from "../experiments/define";
import { SPLITS } from "../figures/splits";
import { en } from "../words/en";
import { accuracy, count, signed } from "../util/format";
import type { Run } from "../run/run";
import { keeperOf } from "../run/keeper";
import { hold, letGo, runOf, sharedRun } from "../run/registry";
import { figureStyles } from "../style/figure";

defineExperiment("text");
defineExperiment("reversal");

/** The figures of a run, and whether they are shown at first. */
const FIGURES: { name: string; label: string; first: boolean; of: (run: Run, name: string) => TemplateResult }[] = [
  { name: "gradient", label: "Nine terms", first: true, of: (run, name) => html`<lr-gradient .run=${run} .runName=${name}></lr-gradient>` },
  { name: "ablate", label: "Take a term away", first: true, of: (run, name) => html`<lr-ablate .run=${run} .runName=${name}></lr-ablate>` },
  { name: "text", label: "Text side", first: false, of: (run, name) => html`<lr-text .run=${run} .runName=${name}></lr-text>` },
  { name: "reversal", label: "Reversal", first: false, of: (run, name) => html`<lr-reversal .run=${run} .runName=${name}></lr-reversal>` },
  { name: "surgery", label: "Surgery", first: false, of: (run, name) => html`<lr-surgery .run=${run} .runName=${name}></lr-surgery>` },
];
const ACCURACIES = ["retrieval", "order", "recognition"] as const;
/** Where the second run begins. */
const OTHER = "?seed=1";

/** Every setting of a run and its figures; a second run beside it, if the reader asks for one. */
@customElement("lr-lab")
export class LrLab extends LitElement {
  static override styles = [
    figureStyles,
    css`
      :host {
        container-type: inline-size;
      }

      .bar {
        margin-block: var(--space-4);
      }

      .grid {
        display: grid;
        gap: var(--space-6);
        margin-top: var(--space-5);
      }

      @container (width >= 60rem) {
        .grid {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }

        /* What the two runs say stands side by side, however many settings one of them shows. */
        .compared section {
          display: grid;
          grid-row: span 3;
          grid-template-rows: subgrid;
          row-gap: 0;
          align-content: start;
        }
      }

      .grid > * {
        min-width: 0;
      }

      section > h3 {
        margin: 0;
      }

      lr-kept,
      lr-population {
        display: block;
        margin-top: var(--space-6);
      }

      details {
        margin-block: var(--space-3) var(--space-4);
      }
    `,
  ];

  private readonly a = sharedRun();
  @state() private b: Run | null = null;
  @state() private shown = new Set(FIGURES.flatMap(({ name, first }) => (first ? [name] : [])));
  /** What it says of its runs, when that was last drawn. */
  private drawn: unknown[] = [];
  private readonly follow = () => {
    const said = this.runs.flatMap(({ run }) => [run.phase, run.evaluation, run.current]);
    if (said.length === this.drawn.length && said.every((part, i) => part === this.drawn[i])) return;
    this.drawn = said;
    this.requestUpdate();
  };

  private get runs(): { name: string; title: string; run: Run }[] {
    return [{ name: "Run A", title: "Run A, the page’s own", run: this.a }, ...(this.b ? [{ name: "Run B", title: "Run B", run: this.b }] : [])];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    for (const { run } of this.runs) this.take(run);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const { run } of this.runs) this.leave(run);
  }

  private take(run: Run): void {
    hold(run);
    run.addEventListener("change", this.follow);
  }

  private leave(run: Run): void {
    run.removeEventListener("change", this.follow);
    letGo(run);
  }

  private compare(): void {
    if (this.b) this.leave(this.b);
    this.b = this.b ? null : runOf({ search: OTHER, start: "untrained" });
    if (!this.b) return;
    this.take(this.b);
    keeperOf(this.b);
  }

  private toggle(name: string): void {
    const shown = new Set(this.shown);
    if (!shown.delete(name)) shown.add(name);
    this.shown = shown;
  }

  override render() {
    const { b, shown, runs } = this;
    return html`<section aria-labelledby="lab">
      <h2 id="lab">A lab: every setting, every figure, two runs side by side</h2>
      <p class="finding" data-testid="difference-finding">${this.finding()}</p>
      <div class="row bar">
        <button aria-pressed=${b ? "true" : "false"} @click=${() => { this.compare(); }}>Compare with a second run</button>
        <span class="note">Figures:</span>
        ${FIGURES.map(({ name, label }) => html`<button aria-pressed=${shown.has(name) ? "true" : "false"} @click=${() => { this.toggle(name); }}>${label}</button>`)}
      </div>
      ${b ? this.difference(this.a, b) : nothing}
      <div class=${b ? "grid compared" : "grid"} data-testid="lab-runs">
        ${runs.map(({ name, title, run }) => html`<section aria-label=${title}>
          <h3>${title}</h3>
          <details><summary>Every setting</summary><lr-settings .run=${run}></lr-settings></details>
          <lr-train .run=${run} .runName=${name}></lr-train>
        </section>`)}
        ${repeat(
          FIGURES.filter(({ name }) => shown.has(name)).flatMap((figure) => runs.map((run) => ({ figure, ...run }))),
          ({ figure, name }) => `${figure.name} of ${name}`,
          ({ figure, name, run }) => figure.of(run, name),
        )}
      </div>
      <lr-kept .runs=${runs}></lr-kept>
      <lr-population .run=${this.a}></lr-population>
    </section>`;
  }

  private finding(): string {
    const { a, b } = this;
    if (!b) return "Change any setting of your model, or put a second run beside it and see what the change does.";
    const [left, right] = [a.current?.config, b.current?.config];
    if (!left || !right) return "The second run is being made.";
    const names = (Object.keys(left) as (keyof typeof left)[]).filter((name) => left[name] !== right[name]);
    const settings = names.length === 0 ? "no setting" : names.map((name) => `${name} (${left[name]} and ${right[name]})`).join(", ");
    const untrained = this.runs.filter(({ run }) => !run.begun).map(({ name }) => name);
    if (untrained.length > 0) return `The runs differ in ${settings}. Train ${untrained.join(" and ")} to see what that does.`;
    const order = (run: Run) => run.evaluation?.accuracies.unseen.order ?? null;
    const steps = a.step === b.step ? "" : ` and in their training (${count(a.step)} and ${count(b.step)} steps)`;
    return `The runs differ in ${settings}${steps}; on unseen pairs A prefers the right order in ${accuracy(order(a))}, B in ${accuracy(order(b))}.`;
  }

  private difference(a: Run, b: Run) {
    return html`<table data-testid="difference">
      <caption class="visually-hidden">Accuracies of the two runs, and their difference</caption>
      <thead>
        <tr><th scope="col">Tested on</th><th scope="col">Accuracy</th><th scope="col">A</th><th scope="col">B</th><th scope="col">B − A</th></tr>
      </thead>
      <tbody>
        ${SPLITS.map(({ split }) => ACCURACIES.map((name) => {
          if (split === "single" && name !== "retrieval") return nothing;
          const [left, right] = [a, b].map((run) => (run.begun ? run.evaluation?.accuracies[split][name] : null) ?? null);
          return html`<tr data-testid=${`difference-${split}-${name}`}>
            <th scope="row">${en.figure.splits[split].label}</th><td>${name}</td><td>${accuracy(left ?? null)}</td><td>${accuracy(right ?? null)}</td>
            <td><b>${left === null || right === null || left === undefined || right === undefined ? "–" : signed(right - left)}</b></td>
          </tr>`;
        }))}
      </tbody>
    </table>`;
  }
}
