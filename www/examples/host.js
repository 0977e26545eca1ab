// Gives each frame of embed.html the height that it asks for, and what its figure tells as an event of the frame (lr-ablate,
// lr-guess, lr-result, lr-trained): load it as a module, once, in the page that holds the frames.
addEventListener("message", ({ source, data }) => {
  // A sandboxed frame has no origin to check; what counts is which frame it is.
  const frame = [...document.querySelectorAll("iframe")].find(({ contentWindow }) => contentWindow === source);
  if (!frame) return;
  if (data?.type === "leftright:height" && Number.isFinite(data.height)) frame.style.height = `${Math.min(Math.max(data.height, 100), 10_000)}px`;
  if (data?.type === "leftright:event" && ["lr-ablate", "lr-guess", "lr-result", "lr-trained"].includes(data.name)) {
    frame.dispatchEvent(new CustomEvent(data.name, { detail: data.detail, bubbles: true }));
  }
});
