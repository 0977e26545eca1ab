// Texts of the engine's and of strangers, as they may be shown.

/** A sentence of the engine's, with minus signs for its hyphens before numbers. */
export function typeset(sentence: string): string {
  return sentence.replace(/(?<=^|[\s(])-(?=\d)/g, "−");
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
