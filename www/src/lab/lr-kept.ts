import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { download } from "../export/download";
import { press } from "../figures/press";
import { keeperOf } from "../run/keeper";
import type { Run } from "../run/run";
import { store, type KeptRun } from "../run/store";
import { figureStyles } from "../style/figure";
import { confirm } from "../util/confirm";
import { count } from "../util/format";
import { tame } from "../util/text";
import { loadScript } from "../util/load-script";

/** The longest name of a run. */
const LONGEST_NAME = 60;

/** The runs that this browser keeps: to name, open and forget, and all of them as one file. */
@customElement("lr-kept")
export class LrKept extends LitElement {
  static override styles = [
    figureStyles,
    css`
      .row {
        margin-block: var(--space-3);
      }

      .scroll {
        overflow-x: auto;
      }
    `,
  ];

  /** The page's runs, by their names. */
  @property({ attribute: false }) runs: { name: string; run: Run }[] = [];
  @state() private kept: KeptRun[] = [];
  @state() private name = "";
  @state() private said = "";
  @state() private wrong = "";
  private readonly follow = () => { void this.look(); };

  override connectedCallback(): void {
    super.connectedCallback();
    store.addEventListener("change", this.follow);
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    store.removeEventListener("change", this.follow);
  }

  private async look(): Promise<void> {
    this.kept = await store.list();
  }

  private async open(kept: KeptRun, run: Run): Promise<void> {
    const saved = await store.read(kept);
    if (saved) await keeperOf(run).open(saved);
    else this.wrong = "That run is gone.";
  }

  private async keepAs(run: Run, label: string): Promise<void> {
    const name = tame(this.name).trim().slice(0, LONGEST_NAME) || `${label}, step ${count(run.step)}`;
    await keeperOf(run).keepAs(name);
    this.name = "";
    this.said = `${label} is kept as “${name}”.`;
  }

  private async save(): Promise<void> {
    await this.guard("The session was not saved", async () => {
      const { saveSession } = await loadScript(() => import("../run/session-file"));
      const bytes = await saveSession();
      if (bytes) download("leftright-session.zip", bytes as Uint8Array<ArrayBuffer>);
      this.said = bytes ? "The session is on its way to your downloads." : "Nothing is kept yet, so there is nothing to save.";
    });
  }

  private async take(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    if (!file) return;
    input.value = ""; // so that the same file can be chosen again
    await this.guard(`${file.name} was not opened`, async () => {
      const { takeSession } = await loadScript(() => import("../run/session-file"));
      this.said = await takeSession(file);
    });
  }

  private async forget({ id, name, step }: KeptRun): Promise<void> {
    const run = name === null ? "the run" : `“${name}”`;
    if (await confirm(`Forget ${run} at step ${count(step)}?`, "Forget it", "Keep it")) await store.forget(id);
  }

  private async forgetEverything(): Promise<void> {
    if (!(await confirm("Forget every run and measurement that this browser keeps of this page?", "Forget everything", "Keep them"))) return;
    for (const { run } of this.runs) await keeperOf(run).forgetEverything();
    this.said = "Nothing is kept here any more.";
  }

  private async guard(failure: string, work: () => Promise<void>): Promise<void> {
    this.wrong = "";
    this.said = "";
    try {
      await work();
    } catch (thrown) {
      this.wrong = tame(`${failure}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }

  override render() {
    const { runs, kept } = this;
    return html`
      <h3>Kept in this browser</h3>
      <p class="note">What you train is kept here by itself, up to 128 MB; the oldest goes first. Nothing leaves your machine.</p>
      <div class="row">
        <label>Name <input maxlength=${LONGEST_NAME} .value=${this.name} @input=${(event: Event) => { this.name = (event.target as HTMLInputElement).value; }} /></label>
        ${runs.map(({ name, run }) => press(`Keep ${name} under it`, () => this.keepAs(run, name), { able: run.step > 0 && !run.bundled, why: "It has nothing to keep yet." }))}
      </div>
      ${kept.length === 0 ? html`<p class="note" data-testid="kept">Nothing is kept yet.</p>` : this.table(kept)}
      <div class="row">
        ${press("Save the session to a file", () => this.save())}
        ${press("Open a session", () => this.renderRoot.querySelector<HTMLInputElement>("#session")?.click())}
        <input id="session" type="file" accept=".zip" hidden @change=${(event: Event) => this.take(event.target as HTMLInputElement)} />
        ${press("Forget everything", () => this.forgetEverything(), { able: kept.length > 0, why: "Nothing is kept." })}
        <span class="note" role="status">${this.said}</span>
      </div>
      ${this.wrong === "" ? nothing : html`<p class="alarm" role="alert">${this.wrong}</p>`}
    `;
  }

  private table(kept: KeptRun[]) {
    return html`<div class="scroll"><table data-testid="kept">
      <thead>
        <tr><th scope="col">Run</th><th scope="col">Seed</th><th scope="col">Step</th><th scope="col">Kept</th><th scope="col">Size</th><th scope="col"><span class="visually-hidden">Actions</span></th></tr>
      </thead>
      <tbody>
        ${repeat(kept, ({ id }) => id, (one) => html`<tr>
          <th scope="row">${one.name ?? "kept by itself"}</th>
          <td>${count(one.settings.seed)}</td>
          <td>${count(one.step)}</td>
          <td>${new Date(one.time).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })}</td>
          <td>${(one.bytes / 2 ** 20).toFixed(1)} MB</td>
          <td>
            ${this.runs.map(({ name, run }) => html`<button class="link" @click=${() => this.open(one, run)}>Open as ${name}</button> `)}
            <button class="link" @click=${() => this.forget(one)}>Forget</button>
          </td>
        </tr>`)}
      </tbody>
    </table></div>`;
  }
}
