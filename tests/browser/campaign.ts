/** How often something is repeated: enough to notice a change, or as often as it was once measured, with `CAMPAIGN=full`. */
export function times(usual: number, full: number): number {
  return process.env.CAMPAIGN === "full" ? full : usual;
}
