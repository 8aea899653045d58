/** Text of a line: what HTML shows of it. Line breaks and tabs are spaces, other control characters are nothing. */
export function plainLine(text: string | number): string {
  return clean(String(text)).replaceAll(/[\n\t ]+/g, " ");
}

/** Text in lines, as somebody typed it. */
export function plainLines(text: string): readonly string[] {
  return clean(text)
    .split("\n")
    .map((line) => line.replaceAll("\t", "  ").trimEnd());
}

function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029]/g, "\n")
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "");
}
