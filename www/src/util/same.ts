/** Whether two values say the same: numbers, texts, and arrays and plain objects of them. For Lit's `hasChanged`, so that an equal answer draws nothing. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), b as Record<string, unknown>];
  return left.length === Object.keys(right).length && left.every(([name, value]) => name in right && same(value, right[name]));
}

/** Lit's `hasChanged` for data. */
export function differs(value: unknown, old: unknown): boolean {
  return !same(value, old);
}
