// A figure as it is seen, as an SVG that needs nothing else: text and boxes where the browser has laid them out, charts
// as they are, every colour resolved for the present theme. What only controls the figure is left out.
import { paint, type Paint } from "./paint";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 16;
const CREDIT = 28;

/** Hides the controls while a figure is drawn; what a pressed button says belongs to the picture. */
const seen = new CSSStyleSheet();
seen.replaceSync(`
  .visually-hidden, button:not([aria-pressed]), select, input, progress, details, label:has(select), label:has(+ input), .settings,
  .settings + .note, .time, .row.note, .ends, .notices, .hint, [role="alert"] { display: none !important; }
`);

interface Drawing {
  /** Where the figure's top left corner is on the screen. */
  left: number;
  top: number;
  root: SVGElement;
}

/** The picture of a figure, `credit` under it. */
export function picture(figure: HTMLElement, credit: string): string {
  const shadow = figure.shadowRoot;
  if (!shadow) throw new Error(`${figure.localName} draws nothing`);
  // What is in the figure has roots of its own, with controls in them. Nothing is painted between these lines, so the reader sees
  // none of it.
  const roots = rootsIn(shadow);
  for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, seen];
  try {
    return draw(figure, shadow, credit);
  } finally {
    for (const root of roots) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => sheet !== seen);
  }
}

function rootsIn(root: ShadowRoot): ShadowRoot[] {
  return [root, ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? rootsIn(shadowRoot) : []))];
}

/** The figure's heading and, where the reader has chosen one of several pictures, that one's. */
function titleOf(shadow: ShadowRoot): string {
  const chosen = shadow.querySelector("lr-choice")?.shown?.title;
  return [shadow.querySelector("h2")?.textContent, chosen].filter(Boolean).join(": ");
}

function draw(figure: HTMLElement, shadow: ShadowRoot, credit: string): string {
  const box = figure.getBoundingClientRect();
  const height = box.height + CREDIT;
  const style = getComputedStyle(figure);
  const probe = shadow.appendChild(document.createElement("span"));
  const token = (name: string) => {
    probe.style.color = `var(${name})`;
    return paint(getComputedStyle(probe).color).colour;
  };
  const [paper, muted] = [token("--paper"), token("--muted")];
  probe.remove();
  const root = element("svg", {
    xmlns: SVG,
    width: box.width + 2 * MARGIN,
    height: height + 2 * MARGIN,
    viewBox: `${-MARGIN} ${-MARGIN} ${box.width + 2 * MARGIN} ${height + 2 * MARGIN}`,
  });
  root.append(
    element("title", {}, titleOf(shadow)),
    element("desc", {}, `${shadow.querySelector(".finding")?.textContent ?? ""} ${credit}`),
    element("rect", { x: -MARGIN, y: -MARGIN, width: box.width + 2 * MARGIN, height: height + 2 * MARGIN, fill: paper }),
  );
  children(shadow, { left: box.left, top: box.top, root });
  root.append(element("text", { y: round(height - 4), "font-family": style.fontFamily, "font-size": 13, fill: muted }, credit));
  return new XMLSerializer().serializeToString(root);
}

function element(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (key !== "xmlns") made.setAttribute(key, String(value));
  // A control character, which a file's name may have, is no XML.
  if (text !== undefined) made.textContent = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/\s+/g, " ").trim();
  return made;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

function children(parent: Node, drawing: Drawing): void {
  for (const node of parent.childNodes) {
    if (node instanceof Text) words(node, drawing);
    else if (node instanceof SVGSVGElement) chart(node, drawing);
    else if (node instanceof HTMLElement) {
      const style = getComputedStyle(node);
      if (style.display === "none" || style.visibility === "hidden" || node.localName === "style") continue;
      frame(node, style, drawing);
      children(node.shadowRoot ?? node, drawing);
    }
  }
}

/** An element's background and borders. */
function frame(of: HTMLElement, style: CSSStyleDeclaration, { left, top, root }: Drawing): void {
  const box = of.getBoundingClientRect();
  const [x, y, width, height] = [box.left - left, box.top - top, box.width, box.height].map(round) as [number, number, number, number];
  if (width === 0 || height === 0) return;
  const rx = Number.parseFloat(style.borderTopLeftRadius) || 0;
  const stops = style.backgroundImage.match(/(?:rgb|oklab|oklch|color)a?\([^)]*\)/g) ?? [];
  const fill = paint(style.backgroundColor);
  if (stops.length > 1) root.append(...gradient(stops, { x, y, width, height }, `gradient-${root.childElementCount}`));
  else if (fill.opacity > 0) root.append(element("rect", { x, y, width, height, rx, ...attributes("fill", fill) }));

  const sides = (["Top", "Right", "Bottom", "Left"] as const).map((side) => ({
    width: style[`border${side}Style`] === "none" ? 0 : Number.parseFloat(style[`border${side}Width`]),
    colour: style[`border${side}Color`],
  }));
  const [first] = sides;
  if (first && first.width > 0 && sides.every((side) => side.width === first.width && side.colour === first.colour)) {
    const inset = first.width / 2;
    const inner = { x: x + inset, y: y + inset, width: width - first.width, height: height - first.width, rx };
    root.append(element("rect", { ...inner, fill: "none", "stroke-width": first.width, ...attributes("stroke", paint(first.colour)) }));
    return;
  }
  const ends = [[x, y, x + width, y], [x + width, y, x + width, y + height], [x, y + height, x + width, y + height], [x, y, x, y + height]];
  sides.forEach((side, i) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = ends[i] ?? [];
    if (side.width > 0) root.append(element("line", { x1, y1, x2, y2, "stroke-width": side.width, ...attributes("stroke", paint(side.colour)) }));
  });
}

/** A colour scale's legend, from left to right. */
function gradient(colours: string[], box: Record<string, number>, id: string): SVGElement[] {
  const definition = element("linearGradient", { id });
  const last = colours.length - 1;
  definition.append(...colours.map((colour, i) => element("stop", { offset: i / last, "stop-color": paint(colour).colour })));
  return [definition, element("rect", { ...box, fill: `url(#${id})` })];
}

function attributes(name: "fill" | "stroke", { colour, opacity }: Paint): Record<string, string | number> {
  if (opacity === 0) return { [name]: "none" };
  return { [name]: colour, ...(opacity < 1 && { [`${name}-opacity`]: opacity }) };
}

/** A text as its lines stand. */
function words(node: Text, { left, top, root }: Drawing): void {
  const parent = node.parentElement ?? (node.getRootNode() as ShadowRoot).host;
  if (node.data.trim() === "") return;
  const style = getComputedStyle(parent);
  const ascent = ascentOf(style);
  const capital = parent.firstChild === node || parent.textContent.trimStart().startsWith(node.data.trimStart()) ? getComputedStyle(parent, "::first-letter").textTransform : "none";
  const lines: { text: string; left: number; top: number }[] = [];
  const range = document.createRange();
  for (let at = 0; at < node.length; at++) {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const box = range.getClientRects()[0];
    if (!box || box.width === 0) continue;
    const letter = node.data.charAt(at);
    const line = lines.at(-1);
    if (line && Math.abs(line.top - box.top) < 2) line.text += letter;
    else if (letter.trim() !== "") lines.push({ text: letter, left: box.left, top: box.top });
  }
  const fill = attributes("fill", paint(style.color));
  lines.forEach((line, i) => {
    const text = i === 0 && capital === "uppercase" ? line.text.charAt(0).toUpperCase() + line.text.slice(1) : line.text;
    root.append(element("text", { x: round(line.left - left), y: round(line.top - top + ascent), ...font(style), ...fill }, text));
  });
}

function font(style: CSSStyleDeclaration): Record<string, string> {
  const plain = { "font-weight": "400", "font-style": "normal", "letter-spacing": "normal" };
  const said = Object.entries(plain).map(([name, usual]) => [name, usual, style.getPropertyValue(name)] as const);
  const unusual = said.filter(([, usual, value]) => value !== usual).map(([name, , value]) => [name, value]);
  return { "font-family": style.fontFamily, "font-size": style.fontSize, ...(Object.fromEntries(unusual) as Record<string, string>) };
}

const measure = document.createElement("canvas").getContext("2d");

/** From the top of a line's letters to their base line. */
function ascentOf(style: CSSStyleDeclaration): number {
  if (!measure) return 0;
  measure.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return measure.measureText("x").fontBoundingBoxAscent;
}

/** What CSS says of a shape, as attributes. */
const LINE = ["stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"];
const LINES: Record<string, string> = { "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-linejoin": "miter" };
/** What only a live page has a use for. */
const LIVE = /^(data-|aria-|on|role$|tabindex$|id$|style$|class$|color$|fill$|stroke)/;

/** A picture of the figure, where it stands. */
function chart(of: SVGSVGElement, { left, top, root }: Drawing): void {
  const style = getComputedStyle(of);
  const box = of.getBoundingClientRect();
  if (style.display === "none" || box.width === 0) return;
  const copy = shape(of);
  if (!copy) return;
  for (const [name, value] of Object.entries({ x: box.left - left, y: box.top - top, width: box.width, height: box.height })) copy.setAttribute(name, String(round(value)));
  copy.setAttribute("overflow", "visible");
  root.append(copy);
}

function shape(of: SVGElement): SVGElement | null {
  const style = getComputedStyle(of);
  if (style.display === "none" || style.visibility === "hidden") return null;
  const copy = element(of.localName, {});
  for (const { name, value } of of.attributes) if (!LIVE.test(name)) copy.setAttribute(name, value);
  const className = of.getAttribute("class");
  if (className) copy.setAttribute("class", className);
  if (style.opacity !== "1") copy.setAttribute("opacity", style.opacity);
  if (!(of instanceof SVGSVGElement || of instanceof SVGGElement)) {
    const [fill, stroke] = [paint(style.fill), paint(style.stroke)];
    const lineless = stroke.opacity === 0 || Number.parseFloat(style.strokeWidth) === 0;
    if (fill.opacity === 0 && lineless) return null;
    const said = { ...attributes("fill", fill), ...(lineless ? {} : attributes("stroke", stroke)) };
    for (const [name, value] of Object.entries(said)) copy.setAttribute(name, String(value));
    if (!lineless) {
      for (const name of LINE) {
        const value = style.getPropertyValue(name);
        if (value !== LINES[name]) copy.setAttribute(name, value);
      }
    }
  }
  if (of instanceof SVGTextElement) {
    for (const [name, value] of Object.entries({ ...font(style), "text-anchor": style.textAnchor })) copy.setAttribute(name, value);
    copy.textContent = of.textContent.trim();
  } else {
    for (const child of of.children) {
      const inner = child instanceof SVGElement ? shape(child) : null;
      if (inner) copy.append(inner);
    }
  }
  return copy;
}
