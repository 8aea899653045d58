/** What a callback of a definition threw, as part of a list of mistakes. */
export function messageOf(thrown: unknown): string {
  return `throws ${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}`;
}
