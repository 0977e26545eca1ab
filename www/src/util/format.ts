// Numbers as text. Nothing here computes one.

const MINUS = "−";

/** A sentence of the engine's, with minus signs for its hyphens before numbers. */
export function typeset(sentence: string): string {
  return sentence.replace(/(?<=^|[\s(])-(?=\d)/g, MINUS);
}

/** An accuracy or a share between 0 and 1: "0.97". */
export function accuracy(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}

/** A share between 0 and 1, as a person would say it, in one piece: "97 %". */
export function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(100 * share)}\u00a0%`;
}

/** A logit or a slope, with its sign: "+4.21", "−0.03". */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? MINUS : "+") + text;
}

/** A logit where there is little room: "13", "−2.9". */
export function logit(value: number): string {
  return signed(value, Math.abs(value) < 10 ? 1 : 0).replace("+", "");
}

/** A magnitude: "2.7". */
export function magnitude(value: number): string {
  return Math.abs(value).toFixed(Math.abs(value) < 1 ? 2 : 1);
}

/** A whole number: "1,000". */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** Milliseconds per step as a pace: "320 steps per second". */
export function pace(msPerStep: number): string {
  const perSecond = 1_000 / msPerStep;
  return `${perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond))} steps per second`;
}

/** A strength: "0.5", "−1". */
export function strength(value: number): string {
  return String(value).replace("-", MINUS);
}

/** A value of a chart, whatever it measures: "1,000", "0.97", "−12.5". */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = Number.isInteger(value) ? count(size) : size < 0.1 ? String(Number(size.toPrecision(2))) : size.toFixed(size < 10 ? 2 : 1);
  return value < 0 && Number(text.replaceAll(",", "")) !== 0 ? MINUS + text : text;
}

/** A value with its spread, where it has one: "0.97 (0.93 to 1.00)". */
export function withSpread(value: number, least: number, most: number, format = plain): string {
  return least === most ? format(value) : `${format(value)} (${format(least)} to ${format(most)})`;
}

/** How long something still takes: "about 40 seconds". */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (seconds < 90) return seconds < 7.5 ? "a few seconds" : `about ${Math.round(seconds / 5) * 5} seconds`;
  return `about ${Math.round(seconds / 60)} minutes`;
}

/** The longest message that is shown. */
const LONGEST = 300;

/** A message as it may be shown: in one line, without characters that steer what is written after them, and cut where it is long. */
export function tame(message: string): string {
  const plain = message.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g, " ");
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}

/** A stranger's text within a message, short enough to leave room for the rest. */
export function quote(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
