// Gives each frame of embed.html the height that it asks for: load it as a module, once, in the page that holds the frames.
addEventListener("message", ({ source, data }) => {
  if (data?.type !== "leftright:height" || !Number.isFinite(data.height)) return;
  // A sandboxed frame has no origin to check; what counts is which frame it is.
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.contentWindow === source) frame.style.height = `${Math.min(Math.max(data.height, 100), 10_000)}px`;
  }
});
