/** A name or an id in the path of an address. Throws for what would lead elsewhere there or is refused, however it is encoded. */
export function segment(text: string | number, problem: string): string {
  if (/^\.{0,2}$|[/\\\p{Cc}]/u.test(String(text))) throw new TypeError(problem);
  return encodeURIComponent(text);
}
