/** Columns of a plain text mail: with a quote mark or two it still fits into eighty. */
export const textWidth = 76;

export interface WrapOptions {
  /** Before the first line. */
  readonly first?: string;
  /** Before each other line. */
  readonly rest?: string;
}

/** Breaks a line at its spaces. What has none, an address say, stays whole however long it is. */
export function wrapText(text: string, { first = "", rest = "" }: WrapOptions = {}): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (word === "") continue;
    if (!isEmpty && width(line) + 1 + width(word) > textWidth) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line.trimEnd()].join("\n");
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** Columns on a screen: one a character, two in the scripts that are written in squares. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += wide.test(character) ? 2 : 1;
  return columns;
}
