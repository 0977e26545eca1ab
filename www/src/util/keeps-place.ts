import type { LitElement, ReactiveController } from "lit";

/** Where a button goes away as it is pressed, the keyboard goes on from a part of the element that stays. */
export class KeepsPlace implements ReactiveController {
  #focused: Element | null = null;

  /** `stays`: a selector of that part. */
  constructor(
    private readonly host: LitElement,
    private readonly stays: string,
  ) {
    host.addController(this);
  }

  hostUpdate(): void {
    this.#focused = this.host.shadowRoot?.activeElement ?? null;
  }

  hostUpdated(): void {
    if (!this.#focused || this.#focused.isConnected) return;
    const place = this.host.shadowRoot?.querySelector<HTMLElement>(this.stays);
    if (!place) return;
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }
}
