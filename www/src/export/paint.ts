/** A colour that every program reads, and how much it covers. */
export interface Paint {
  /** "#rrggbb". */
  colour: string;
  opacity: number;
}

const NOTHING: Paint = { colour: "#000000", opacity: 0 };
const known = new Map<string, Paint>();
const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

/** What a computed CSS colour looks like, also one that only browsers can mix. */
export function paint(css: string): Paint {
  const found = known.get(css) ?? mixed(css);
  known.set(css, found);
  return found;
}

function mixed(css: string): Paint {
  if (css === "none" || css === "" || !pixel) return NOTHING;
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = css;
  pixel.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0, a = 0] = pixel.getImageData(0, 0, 1, 1).data;
  const colour = `#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  return { colour, opacity: Number((a / 255).toFixed(3)) };
}
