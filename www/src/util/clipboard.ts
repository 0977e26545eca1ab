/** Copies a text, or answers that it may not: a frame, for one, needs its page's leave. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
