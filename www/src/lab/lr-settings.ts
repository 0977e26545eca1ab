import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { engineError, sentence } from "../engine/errors";
import type { Config, ConfigField, NamedConfig } from "../engine/pkg/leftright.js";
import { count } from "../util/format";
import type { Run } from "../run/run";
import { configOf, readInShape, settingsOf, type Settings } from "../run/settings";
import { figureStyles } from "../style/figure";

const GROUPS = [
  { group: "task", name: "Task: the strips and captions" },
  { group: "model", name: "Model: the two towers" },
  { group: "optimiser", name: "Optimiser: AdamW, its rate and the batch" },
  { group: "start", name: "Start: what the parameters are drawn from" },
] as const;

/** Every setting of a run, as the engine's own table of settings says it. */
@customElement("lr-settings")
export class LrSettings extends LitElement {
  static override styles = [
    figureStyles,
    css`
      fieldset {
        min-width: 0;
        margin-top: var(--space-4);
      }

      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 11rem), 1fr));
        gap: var(--space-3) var(--space-4);
      }

      .fields > div {
        display: grid;
        align-content: start;
        gap: var(--space-1);
      }

      select {
        max-width: 100%;
        min-width: 0;
      }

      .fields :is(select, input[type="number"]) {
        width: 100%;
      }

      input[type="checkbox"] {
        width: 1.25rem;
        height: 1.25rem;
        margin: 0.625rem 0;
        accent-color: var(--ink);
      }

      .own {
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) run!: Run;
  /** What the form says and the engine refuses, until it is mended. */
  @state() private draft: Settings | null = null;
  @state() private wrong = "";
  @state() private presets: NamedConfig[] = [];
  /** The starts of preset `paper`: their names. */
  @state() private starts: NamedConfig[] = [];
  private readonly follow = () => { if (this.run.settings !== this.drawn) this.requestUpdate(); };
  private drawn: Settings | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.run.addEventListener("change", this.follow);
    void this.askFor(async () => {
      this.presets = await this.run.worker.call((api) => api.presets());
      const paper = this.presets[0]?.config;
      if (paper) this.starts = await this.startsOf(paper);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.run.removeEventListener("change", this.follow);
  }

  /** One setting may need another, so what the engine refuses waits here for the rest. */
  private async put(settings: Settings): Promise<void> {
    this.draft = settings;
    try {
      await this.run.worker.call((api) => api.check(configOf(settings)));
    } catch (thrown) {
      if (this.draft === settings) this.wrong = sentence(engineError(thrown));
      return;
    }
    if (this.draft !== settings) return;
    this.draft = null;
    this.wrong = "";
    await this.run.set(settings);
  }

  private change(settings: Settings, field: ConfigField, text: string): void {
    const read = readInShape(text, field);
    if ("wrong" in read) this.wrong = `${read.wrong}.`;
    else void this.put({ ...settings, [field.name]: read.value });
  }

  private async askFor(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.wrong = sentence(engineError(thrown));
    }
  }

  private startsOf(config: Config): Promise<NamedConfig[]> {
    return this.run.worker.call((api) => api.starts(config));
  }

  private choosePreset(settings: Settings, name: string): void {
    const preset = this.presets.find((candidate) => candidate.name === name);
    if (preset) void this.put(settingsOf({ ...preset.config, seed: settings.seed }, settings.engine));
  }

  /** A start depends on the model's width, so the engine says what it is here. */
  private chooseStart(settings: Settings, name: string): void {
    void this.askFor(async () => {
      const start = (await this.startsOf(configOf(settings))).find((candidate) => candidate.name === name);
      if (start) await this.put(settingsOf(start.config, settings.engine));
    });
  }

  private choice(label: string, named: NamedConfig[], choose: (name: string) => void) {
    const id = `named-${label}`;
    return html`<div class="row">
      <label for=${id}>${label}</label>
      <select id=${id} @change=${(event: Event) => { choose((event.target as HTMLSelectElement).value); }}>
        <option value="" disabled selected>choose one</option>
        ${named.map(({ name, description }) => html`<option value=${name}>${name}: ${description}</option>`)}
      </select>
    </div>`;
  }

  override render() {
    const { run } = this;
    this.drawn = run.settings;
    const settings = this.draft ?? run.settings;
    if (!settings) return nothing;
    return html`
      ${this.choice("Preset", this.presets, (name) => { this.choosePreset(settings, name); })}
      ${GROUPS.map(({ group, name }) => html`<fieldset>
        <legend>${name}</legend>
        ${group === "start" ? this.choice("Start", this.starts, (name) => { this.chooseStart(settings, name); }) : nothing}
        <div class="fields">${run.fields.filter((field) => field.group === group).map((field) => this.field(settings, field))}</div>
      </fieldset>`)}
      <p class="alarm" role="alert">${this.wrong}</p>
    `;
  }

  private field(settings: Settings, field: ConfigField) {
    const { name, kind, group, min, max, help } = field;
    const where = group === "task" ? " in the paper’s world" : "";
    const value = settings[name as keyof Config];
    const id = `field-${name}`;
    const own = value !== field.default ? "own" : "";
    const described = `${id}-help`;
    const put = (event: Event) => { this.change(settings, field, (event.target as HTMLInputElement | HTMLSelectElement).value); };
    const tick = (event: Event) => { this.change(settings, field, String((event.target as HTMLInputElement).checked)); };
    const input = typeof kind === "object"
      ? html`<select id=${id} aria-describedby=${described} @change=${put}>
          ${kind.choice.map((name) => html`<option .selected=${name === value}>${name}</option>`)}
        </select>`
      : kind === "flag"
        ? html`<input id=${id} type="checkbox" .checked=${value === true} aria-describedby=${described} @change=${tick} />`
        : html`<input id=${id} type="number" min=${min} step=${kind === "integer" ? 1 : "any"} .value=${String(value)} aria-describedby=${described} @change=${put} />`;
    const bounds = kind === "integer" || kind === "number" ? `; ${count(min)} to ${count(max)}${where}` : "";
    return html`<div>
      <label class=${own} for=${id}>${name}</label>
      ${input}
      <span id=${described} class="note">${help}${bounds}</span>
    </div>`;
  }
}
