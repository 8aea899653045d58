export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Whoever wrote a row must not write to the terminal of who reads of it. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** What went wrong, with all lines of it: names in it may come from anywhere, and one that goes on for pages hides the rest. */
export function showable(message: string): string {
  return message
    .split("\n")
    .map((line) =>
      printable(line.replaceAll("\t", "  ")).replace(/\S{500,}/g, (word) => `${word.slice(0, 200)}…${word.slice(-20)}`),
    )
    .join("\n");
}

/** Colours are ours; whatever else a terminal would obey came in by a name. */
export function harmless(text: string): string {
  return text.replace(/\u001b\[[\d;]*m|[\n\t]|[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (found) =>
    found.length > 1 || found === "\n" || found === "\t" ? found : printable(found),
  );
}
