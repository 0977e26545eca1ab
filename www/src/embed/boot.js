// Chooses the script of embed.html. A frame with `sandbox="allow-scripts"` alone has no origin of its own: there a module or a
// worker is a stranger's, and loads only where the server allows all strangers. So such a frame gets everything in one classic script.
const script = document.createElement("script");
const folder = new URL(".", document.currentScript.src);
if (self.origin === "null") {
  script.src = new URL("sandboxed.js", folder).href;
} else {
  script.type = "module";
  script.src = new URL("frame.js", folder).href;
}
document.head.append(script);
