// The reader's choice of theme, over the system's. The colours themselves are CSS (tokens.css).
/** Where public/theme.js finds the choice when the page opens again. */
const KEY = "leftright-theme";
const CHOICES = ["auto", "light", "dark"] as const;
type Theme = (typeof CHOICES)[number];

const NAMES: Record<Theme, string> = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" };

const changes = new EventTarget();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themeChanged);

/** Calls back when the colours change, for what is drawn on a canvas; returns how to stop that. */
export function onThemeChange(callback: () => void): () => void {
  changes.addEventListener("change", callback);
  return () => {
    changes.removeEventListener("change", callback);
  };
}

/** To be said when the colours were changed by other means. */
export function themeChanged(): void {
  changes.dispatchEvent(new Event("change"));
}

/** Makes a button step through the themes. */
export function themeButton(button: HTMLButtonElement): void {
  let theme = CHOICES.find((choice) => choice === document.documentElement.dataset.theme) ?? "auto";
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = NAMES[theme];
    themeChanged();
  };
  button.addEventListener("click", () => {
    theme = CHOICES[(CHOICES.indexOf(theme) + 1) % CHOICES.length] ?? "auto";
    store(theme);
    apply();
  });
  apply();
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden, as in a private window: the choice then lasts as long as the page.
  }
}
