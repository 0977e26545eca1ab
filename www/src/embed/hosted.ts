// Figures in a page that is not ours: their run by their attributes, their design within, and word of them to the page.
import { html, nothing } from "lit";
import { alarm } from "../figures/alarm";
import { runState, trainButton } from "../figures/run-status";
import { RUN_NAMES, readStart, reportUnknown } from "../run/address";
import { atRest, type Phase } from "../run/life";
import type { Run } from "../run/run";
import { runOf } from "../run/registry";
import { NUMBERS, SETTING_NAMES } from "../run/settings";
import { quote } from "../util/text";
import tokens from "../style/tokens.css?raw"; // as it is written: a minifier rewrites light-dark()
import type { ChangeDetail } from "./api";
import { ATTRIBUTES, SWITCHES, attributeOf, unknownAttributes } from "./attributes";
import { figureName, type Embeddable } from "./embeddable";
import { setHost } from "./host";
import "./present";
import { question, termsAsked, type Asking } from "./question";

/** What a figure's attributes say of a run, as a query; in one order, so that theirs makes no other run. */
function searchOf(figure: Embeddable): string {
  const query = new URLSearchParams();
  for (const name of RUN_NAMES) {
    const text = name === "start" ? null : figure.asked(attributeOf(name));
    if (text !== null) query.set(name, text);
  }
  return query.toString();
}

function constants(): string {
  const all = tokens.slice(0, tokens.indexOf(":root[")).matchAll(/--([\w-]+):\s*([^;}]+)/g);
  return Array.from(all, ([, name = "", standard = ""]) => `--${name}: var(--lr-${name}, ${standard});`).join(" ");
}

/**
 * Each of the design's constants, which a page may set under a name of ours (`--lr-ink` for `--ink`), and a wall: neither what
 * the page inherits nor what it says of every element comes in.
 */
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { ${constants()} }
  :host { display: block !important; visibility: visible !important; opacity: 1 !important; text-align: start; text-transform: none !important; letter-spacing: normal !important; word-spacing: normal !important; container-type: inline-size; }
  :host([hidden]) { display: none !important; }
  :host([theme="light"]) { color-scheme: light !important; }
  :host([theme="dark"]) { color-scheme: dark !important; }
  :host([theme="auto"]) { color-scheme: light dark !important; }
  :host([controls="none"]) [part~="controls"] { display: none !important; }
  /* Every size is a multiple of --lr-rem, in the figures within it too. */
  :host([present]) { min-height: 100svh; --lr-rem: 24px; --lr-ink: light-dark(#000, #fff); --lr-paper: light-dark(#fff, #000); --lr-muted: light-dark(#333, #ddd); --lr-edge: light-dark(#555, #bbb); }
  figure { all: initial; display: block; color-scheme: inherit; padding: 0 !important; border: 0 !important; }
  :host([theme]) figure { padding: var(--space-4) !important; background: var(--paper); }
  [part="trainer"], [part~="question"] { margin-bottom: var(--space-5); }
  figure { color: var(--ink); font: var(--text-figure) / 1.45 var(--sans); font-variant-numeric: tabular-nums; }
`);

/** The attributes of settings; and those of them that a figure has a field for. */
const SETTINGS = [...SETTING_NAMES, "engine"].map(attributeOf);
const FIELDS = [...NUMBERS, "engine"].map(attributeOf);

/** What was last told of a run, so that the end of its training is told once to each figure. */
const told = new WeakMap<Embeddable, { run: Run; phase: Phase }>();

function send(figure: Element, name: string, detail: ChangeDetail): void {
  figure.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

setHost({
  runFor: (figure) => runOf({ search: searchOf(figure), start: readStart(`start=${figure.start ?? ""}`), checkpoint: figure.checkpoint }),

  dress(root) {
    // First, so that a figure's own rules come over it.
    root.adoptedStyleSheets = [sheet, ...root.adoptedStyleSheets];
  },

  problems(figure) {
    reportUnknown(`<${figure.localName}>`, unknownAttributes(figure), ATTRIBUTES);
    const { problems: words } = figure.words;
    const ask = figure.getAttribute("ask");
    const unasked = ask !== null && "ask" in figure && !termsAsked(figure as Asking) ? [words.terms("ask", quote(ask))] : [];
    const switches = (Object.keys(SWITCHES) as (keyof typeof SWITCHES)[]).flatMap((name) => {
      const value = figure.asked(name);
      const allowed: readonly string[] = SWITCHES[name];
      if (value === null || allowed.includes(value)) return [];
      return [words.choice(name, quote(value), allowed)];
    });
    const unlocked = figure.lockedAttributes.filter((name) => !SETTINGS.includes(name));
    const locks = unlocked.length === 0 ? [] : [words.choice("lock", quote(unlocked.join(" ")), FIELDS)];
    return [...unasked, ...switches, ...locks];
  },

  trainer(run, pressed, words) {
    return html`<div part="trainer">
      <div class="row">
        ${trainButton(run, words)}
        <span class="note" data-testid="state" data-phase=${run.phase} data-step=${run.step}>${runState(run, pressed, words)}</span>
      </div>
      <progress max=${run.target} .value=${run.step} aria-label=${words.run.progress}></progress>
      ${run.error === null ? nothing : alarm(run.error, run.again, words)}
      ${run.notices.map((notice) => html`<p class="note" part="message" lang="en">${notice}</p>`)}
    </div>`;
  },

  question,

  tell(figure, run) {
    const before = told.get(figure);
    told.set(figure, { run, phase: run.phase });
    const detail = changeOf(figure, run);
    send(figure, "lr-change", detail);
    if (before?.run === run && before.phase === "training" && atRest(run.phase) && run.error === null) send(figure, "lr-trained", detail);
  },
});

function changeOf(figure: Embeddable, run: Run): ChangeDetail {
  return {
    figure: figureName(figure),
    phase: run.phase,
    step: run.shown ?? run.step,
    settings: run.current ? { ...run.current.settings } : null,
    accuracies: run.evaluation ? structuredClone(run.evaluation.accuracies) : null,
    loss: run.losses.at(-1) ?? null,
    views: structuredClone({ ...run.views, step: run.shown }),
    kept: run.kept,
    error: run.error,
  };
}
