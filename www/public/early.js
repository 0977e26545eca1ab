// What must be known before anything is painted.

// The reader's choice of theme, under the key by which the page's button keeps it (src/style/theme.ts).
try {
  document.documentElement.dataset.theme = localStorage.getItem("leftright-theme") ?? "auto";
} catch {
  // Storage may be forbidden: in a private window, or in a sandboxed frame.
}

// That the page's script is on its way: what it will hide is hidden from the start (src/app/coming.css), so that nothing moves as it
// comes. It says itself when it is there (src/app/main.ts); where it cannot be had, fails or takes too long, all is shown.
document.documentElement.dataset.script = "coming";
{
  const show = () => { delete document.documentElement.dataset.script; };
  addEventListener("error", ({ target }) => { if (target === window || target.localName === "script") show(); }, true);
  addEventListener("load", show);
  setTimeout(show, 10_000);
}
