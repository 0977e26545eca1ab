// The reader's choice of theme, before anything is painted. Under the same key the page's button keeps it (src/style/theme.ts).
try {
  document.documentElement.dataset.theme = localStorage.getItem("leftright-theme") ?? "auto";
} catch {
  // Storage may be forbidden: in a private window, or in a sandboxed frame.
}
