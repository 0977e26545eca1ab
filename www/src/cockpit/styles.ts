import { css } from "lit";

/** How the cockpit's parts stand, and how a part is lit that the text speaks of. */
export const cockpitStyles = css`
  :host {
    container-type: inline-size;
  }

  figure {
    padding-top: var(--space-3);
  }

  .number {
    float: left;
    margin-right: var(--space-2);
    line-height: 1.4rem;
  }

  h2 {
    margin-bottom: var(--space-1);
    font-size: 1.125rem;
  }

  .finding {
    min-height: 2.8em;
    margin-bottom: var(--space-2);
    font-size: 1rem;
    line-height: 1.4;
  }

  button {
    min-height: 2.125rem;
  }

  .parts {
    display: grid;
    gap: var(--space-4) var(--space-5);
  }

  .parts > div {
    display: grid;
    align-content: start;
    gap: var(--space-3);
    min-width: 0;
  }

  @container (width >= 38rem) {
    .parts {
      grid-template-columns: minmax(0, 1.25fr) minmax(0, 1fr);
    }
  }

  .columns {
    position: relative;
    contain: layout style;
  }

  .columns > .band {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    pointer-events: none;
  }

  .band rect {
    fill: color-mix(in oklab, var(--focus) 18%, transparent);
  }

  .moves {
    margin-top: 3px;
    min-height: 3.2em;
    line-height: 1.3;
  }

  .heads {
    min-height: 26rem;
    border-radius: 4px;
  }

  .heads.one {
    min-height: 7.5rem;
  }

  .answers {
    min-height: 12rem;
  }

  .state {
    flex: 1 1 100%;
    min-height: 2.6em;
    font-size: var(--text-small);
    line-height: 1.3;
  }

  progress {
    margin-block: var(--space-2) 0;
  }

  .notices {
    margin: 0;
    padding: 0;
    list-style: none;
  }

  .time .row {
    flex-wrap: nowrap;
  }

  .time input {
    flex: 1;
    min-width: 0;
    margin: 0;
    accent-color: var(--ink);
  }

  .time button {
    min-width: 4.75rem;
  }

  .scores {
    display: grid;
    grid-template-columns: auto minmax(4rem, 1fr) auto;
    align-items: center;
    gap: 0 var(--space-2);
    font-size: var(--text-small);
  }

  .scores > :first-child {
    grid-column: 1 / -1;
  }

  .terms {
    position: relative;
    display: grid;
    gap: var(--space-2);
  }

  .terms > button {
    position: absolute;
    top: 0;
    right: 0;
    min-height: 1.5rem;
    padding-block: 0;
    font-size: var(--text-small);
  }

  .terms .chip {
    min-height: 1.75rem;
  }

  .terms .chips {
    gap: var(--space-1);
    font-size: var(--text-small);
  }

  .terms .note {
    font-size: 0.75rem;
    line-height: 1.15;
  }

  .terms legend {
    padding-bottom: var(--space-1);
  }

  /* As many lines as any state of the model takes, so that the text around does not move as it is read. */
  @container (width < 26rem) {
    .finding {
      min-height: 5.6em;
    }

    .moves {
      min-height: 3.9em;
    }

    .head header {
      min-height: 2.6em;
    }

    .answers {
      min-height: 13rem;
    }

    .legend-time {
      min-height: 4.5em;
    }

    .state {
      min-height: 3.9em;
    }
  }

  .follow {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-3);
    min-height: 1.5rem;
    margin: 0 0 var(--space-2);
    color: var(--muted);
    font-size: var(--text-small);
  }

  /* The text goes on, and the view does not follow. */
  .by-hand {
    padding-inline: var(--space-2);
    border-radius: 4px;
    background: var(--panel);
    color: var(--ink);
  }

  :host([data-hand]) .following,
  :host(:not([data-hand])) .by-hand {
    display: none;
  }

  /* What the text speaks of. */
  .part,
  .head,
  .caption {
    border-radius: 4px;
    transition: background-color 0.25s, box-shadow 0.25s;
  }

  .ep,
  .attention {
    transition: opacity 0.25s;
  }

  :host([data-lit~="train"]) .part-train,
  :host([data-lit~="time"]) .part-time,
  :host([data-lit~="strip"]) .part-strip,
  :host([data-lit~="heads"]) .part-heads,
  :host([data-lit~="captions"]) .part-captions,
  :host([data-lit~="scores"]) .part-scores,
  :host([data-lit~="terms"]) .part-terms,
  :host([data-lit~="true"]) .part-true,
  :host([data-lit~="false"]) .part-false,
  :host([data-lit~="steepest"]) .steepest,
  :host([data-lit~="others"]) .other,
  :host([data-lit~="head-0"]) .part-head-0,
  :host([data-lit~="head-1"]) .part-head-1,
  :host([data-lit~="head-2"]) .part-head-2,
  :host([data-lit~="head-3"]) .part-head-3 {
    background: color-mix(in oklab, var(--focus) 12%, transparent);
    box-shadow: 0 0 0 4px color-mix(in oklab, var(--focus) 12%, transparent);
  }

  :host([data-lit~="ep"]:not([data-lit~="attention"])) .attention,
  :host([data-lit~="attention"]:not([data-lit~="ep"])) .ep {
    opacity: 0.25;
  }

  @media (prefers-reduced-motion: reduce) {
    .part,
    .head,
    .caption,
    .ep,
    .attention {
      transition: none;
    }
  }
`;
