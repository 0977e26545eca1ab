// The code shown here names the site that it is shown on, and each block can be copied.
const site = new URL("..", import.meta.url).href;

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
