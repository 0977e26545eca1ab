// Numbers as text, as a language writes them. Nothing here computes one.

const MINUS = "−";

export function numbersIn(language: string) {
  const whole = new Intl.NumberFormat(language);
  const point = new Intl.NumberFormat(language, { minimumFractionDigits: 1 }).formatToParts(0).find(({ type }) => type === "decimal")?.value ?? ".";
  /** Digits as JavaScript writes them, with the language's decimal mark. */
  const marked = (text: string) => text.replace(".", point);

  /** A whole number: "1,000". */
  const count = (value: number): string => whole.format(value);

  /** A number at an axis, with so many digits after the mark: "1,000", "−0.50". */
  const fixed = (value: number, digits: number): string => {
    const [before = "", after] = Math.abs(value).toFixed(digits).split(".");
    return (value < 0 ? MINUS : "") + count(Number(before)) + (after === undefined ? "" : point + after);
  };

  /** A logit or a slope, with its sign: "+4.21", "−0.03". */
  const signed = (value: number, digits = 2): string => {
    const text = Math.abs(value).toFixed(digits);
    if (Number(text) === 0) return marked(text);
    return (value < 0 ? MINUS : "+") + marked(text);
  };

  return {
    count,
    fixed,
    signed,

    /** An accuracy or a share between 0 and 1: "0.97". */
    accuracy: (value: number | null): string => (value === null ? "–" : marked(value.toFixed(2))),

    /** A share between 0 and 1, as a person would say it, in one piece: "97 %". */
    percent: (share: number | null): string => (share === null ? "–" : `${Math.round(100 * share)}\u00a0%`),

    /** A logit where there is little room: "13", "−2.9". */
    logit: (value: number): string => signed(value, Math.abs(value) < 10 ? 1 : 0).replace("+", ""),

    /** A magnitude: "2.7". */
    magnitude: (value: number): string => marked(Math.abs(value).toFixed(Math.abs(value) < 1 ? 2 : 1)),

    /** So many times in a second, of what takes so many milliseconds: "320". */
    perSecond: (milliseconds: number): string => {
      const times = 1_000 / milliseconds;
      return times < 10 ? marked(times.toFixed(1)) : count(Math.round(times));
    },

    /** A strength: "0.5", "−1". */
    strength: (value: number): string => marked(String(value).replace("-", MINUS)),

    /** Two digits that count: "0.042". */
    twoDigits: (value: number): string => marked(value.toPrecision(2)),

    /** A value of a chart, whatever it measures: "1,000", "0.97", "−12.5". */
    plain: (value: number): string => {
      if (!Number.isFinite(value)) return "–";
      const size = Math.abs(value);
      const digits = size < 0.1 ? String(Number(size.toPrecision(2))) : size.toFixed(size < 10 ? 2 : 1);
      const text = Number.isInteger(value) ? count(size) : marked(digits);
      return value < 0 && Number(digits) !== 0 ? MINUS + text : text;
    },
  };
}

/** Milliseconds as a person would say how long something takes: some seconds, or so many of them or of minutes. */
export function roughly(milliseconds: number): { few: true } | { seconds: number } | { minutes: number } {
  const seconds = milliseconds / 1_000;
  if (seconds < 7.5) return { few: true };
  return seconds < 90 ? { seconds: Math.round(seconds / 5) * 5 } : { minutes: Math.round(seconds / 60) };
}
