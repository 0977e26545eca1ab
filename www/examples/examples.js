// The code shown here names the site that it is shown on, and each block can be copied.
const site = new URL("..", import.meta.url).href;

const NAMES = "train gradient ablate follow diversity slope text alignment captions grid three norm-mlp autoregressive reversal surgery phase birth strip";
document.querySelector("#names").replaceChildren(
  ...NAMES.split(" ").flatMap((name, i) => {
    const code = document.createElement("code");
    code.textContent = `lr-${name}`;
    return i === 0 ? [code] : [", ", code];
  }),
);

for (const block of document.querySelectorAll("pre")) {
  const code = block.querySelector("code");
  // A policy names an origin, all else an address below it.
  code.textContent = code.textContent.replaceAll("https://leftright.example/", site).replaceAll("https://leftright.example", new URL(site).origin);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: copy it with the keyboard";
    }
  });
  block.after(button);
}
