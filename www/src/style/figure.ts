// What all figures share: one head, one set of controls, one table. Adopted by each figure's shadow root.
import { css } from "lit";

export const figureStyles = css`
  :host {
    display: block;
    color: var(--ink);
    font: var(--text-figure) / 1.45 var(--sans);
    font-variant-numeric: tabular-nums;
  }

  * {
    box-sizing: border-box;
  }

  figure {
    margin: 0;
    padding-top: var(--space-4);
    border-top: 1px solid var(--rule);
  }

  .number {
    margin: 0;
    color: var(--muted);
    font-size: var(--text-small);
  }

  h2 {
    margin: 0 0 var(--space-2);
    font: 700 var(--text-title) / 1.25 var(--serif);
    text-wrap: balance;
  }

  h3 {
    margin: 0 0 var(--space-2);
    font-size: var(--text-figure);
    font-weight: 600;
  }

  .finding {
    max-width: 41rem;
    min-height: 3em;
    margin: 0 0 var(--space-5);
    font: 1.0625rem / 1.5 var(--serif);
    text-wrap: pretty;
  }

  p {
    margin: 0;
  }

  .note {
    color: var(--muted);
    font-size: var(--text-small);
  }

  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2) var(--space-3);
  }

  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }

  button,
  select,
  input[type="number"] {
    min-height: 2.5rem;
    padding: 0 var(--space-3);
    border: 1px solid var(--edge);
    border-radius: 4px;
    background: var(--paper);
  }

  button {
    cursor: pointer;
  }

  button.primary {
    min-width: 7rem;
    border-color: var(--ink);
    background: var(--ink);
    color: var(--paper);
    font-weight: 600;
  }

  button:hover:not([aria-disabled], :disabled) {
    border-color: var(--ink);
  }

  button[aria-pressed="true"] {
    border-color: var(--ink);
    background: var(--ink);
    color: var(--paper);
  }

  button:disabled,
  button[aria-disabled] {
    opacity: 0.45;
    cursor: default;
  }

  button.link {
    min-height: 1.5rem;
    padding: 0;
    border: 0;
    background: none;
    text-decoration: underline;
    text-decoration-color: var(--edge);
    text-underline-offset: 0.15em;
  }

  select:disabled,
  input:disabled {
    background: var(--panel);
    color: var(--muted);
  }

  input:user-invalid {
    border-color: var(--alarm);
  }

  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }

  a {
    color: inherit;
    text-decoration-color: var(--edge);
    text-underline-offset: 0.15em;
  }

  .alarm {
    color: var(--alarm);
  }

  progress {
    display: block;
    width: 100%;
    height: 4px;
    margin-block: var(--space-3) var(--space-2);
    border: 0;
    border-radius: 2px;
    background: var(--rule);
    appearance: none;
  }

  progress::-webkit-progress-bar {
    background: var(--rule);
    border-radius: 2px;
  }

  progress::-webkit-progress-value {
    background: var(--edge);
    border-radius: 2px;
  }

  progress::-moz-progress-bar {
    background: var(--edge);
    border-radius: 2px;
  }

  /* Firefox's own track is as light as the fill in the dark. */
  input::-moz-range-track,
  input::-moz-range-progress {
    height: 4px;
    border-radius: 2px;
    background: var(--edge);
  }

  input::-moz-range-progress,
  input::-moz-range-thumb {
    border-color: var(--paper);
    background: var(--ink);
  }

  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }

  legend {
    padding: 0 0 var(--space-2);
    font-weight: 600;
  }

  table {
    border-collapse: collapse;
    width: 100%;
  }

  th,
  td {
    padding: var(--space-1) var(--space-3) var(--space-1) 0;
    border-top: 1px solid var(--rule);
    font-weight: 400;
    text-align: left;
  }

  thead th {
    border-top: 0;
    color: var(--muted);
    font-size: var(--text-small);
    vertical-align: bottom;
  }

  td {
    font-variant-numeric: tabular-nums;
  }

  /* In a large world the numbers take a second, in which they are those before. */
  table[aria-busy="true"] lr-accuracy-track {
    opacity: 0.4;
    transition: opacity 0s 0.2s;
  }

  th[scope="row"] > .note {
    display: block;
  }

  summary {
    cursor: pointer;
    color: var(--muted);
    font-size: var(--text-small);
  }

  .scroll {
    overflow-x: auto;
  }

  .unmeasured .charts {
    display: none;
  }

  /* Large type in a small window: what cannot be broken is scrolled, and the page is not. */
  @media (width < 20rem) {
    figure {
      overflow-x: auto;
    }

    h2,
    th,
    td {
      overflow-wrap: anywhere;
      hyphens: auto;
    }

    .row > *,
    select,
    input {
      min-width: 0;
      max-width: 100%;
    }
  }

  /* On paper nothing can be pressed; what can be chosen stays, and what is. */
  @media print {
    .unmeasured > :not(.number, h2, slot) {
      display: none;
    }

    button:not([aria-pressed]),
    input,
    select,
    label,
    progress,
    summary {
      display: none;
    }

    button[aria-pressed="true"] {
      print-color-adjust: exact;
    }
  }

  .source-e {
    color: var(--source-e);
  }

  .source-p {
    color: var(--source-p);
  }

  .source-b {
    color: var(--source-b);
  }
`;
