// The reader's choice of theme, over the system's. The colours themselves are CSS (tokens.css).
/** Where public/early.js finds the choice when the page opens again. */
const KEY = "leftright-theme";
const CHOICES = ["auto", "light", "dark"] as const;
type Theme = (typeof CHOICES)[number];

const NAMES: Record<Theme, string> = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" };

/** Makes a button step through the themes. */
export function themeButton(button: HTMLButtonElement): void {
  let theme = CHOICES.find((choice) => choice === document.documentElement.dataset.theme) ?? "auto";
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = NAMES[theme];
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
