// The directive {leftright} for MyST and Jupyter Book 2: `plugins: [leftright.mjs]` under `project` in myst.yml.

/** The widget, in one module: MyST puts a copy beside the page. */
const WIDGET = "https://leftright.example/lib/anywidget.js";
const ATTRIBUTES = []; // every attribute of the elements: the build writes them here, from the manifest

let figures = 0;

const leftright = {
  name: "leftright",
  doc: "A figure of the article “Left, right, and the one term that knows the difference”, which trains in the reader's browser.",
  arg: { type: String, doc: "The figure's name, as in `ablate`." },
  options: Object.fromEntries(ATTRIBUTES.map((name) => [name, { type: String }])),
  run({ arg, options = {} }) {
    const traits = Object.entries(options).map(([name, text]) => [name.replaceAll("-", "_"), text]);
    return [{ type: "anywidget", id: `leftright-${++figures}`, esm: WIDGET, model: { figure: arg ?? "ablate", ...Object.fromEntries(traits) } }];
  },
};

export default { name: "Figures of Left, right", directives: [leftright] };
