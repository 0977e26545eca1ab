// Begins embed.html: its policy, then its script.
const folder = new URL(".", document.currentScript.src);
const { origin } = folder;

// The policy names the site, so the page cannot hold it as written: with 'self', WebKit lets a sandboxed frame load nothing.
const policy = document.createElement("meta");
policy.httpEquiv = "Content-Security-Policy";
policy.content = [
  "default-src 'none'",
  `script-src ${origin} 'wasm-unsafe-eval'`,
  `worker-src ${origin} blob:`,
  `style-src ${origin}`,
  `img-src ${origin} data: blob:`,
  `connect-src ${origin} data:`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
document.head.append(policy);

// A frame with `sandbox="allow-scripts"` alone has no origin of its own: there a module or a worker is a stranger's, and loads
// only where the server allows all strangers. So such a frame gets everything in one classic script.
const script = document.createElement("script");
if (self.origin === "null") {
  script.src = new URL("sandboxed.js", folder).href;
} else {
  script.type = "module";
  script.src = new URL("frame.js", folder).href;
}
document.head.append(script);
