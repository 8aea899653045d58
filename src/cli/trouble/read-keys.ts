/** A name in a source that something stands under: `notes: {`, `slug: text()`, `"a-b": ...`, `read(`, and those it stands in, outermost first. */
export interface SourceKey {
  readonly path: readonly string[];
  /** Where it begins in the text. */
  readonly index: number;
}

/** Texts, templates, regular expressions, comments, names, and signs by themselves. What is within templates is not looked into. */
const TOKEN =
  /(?<skip>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^`\\])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*)|(?<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?<name>[\p{ID_Start}$_][\p{ID_Continue}$_]*)|(?<sign>=>|[\s\S])/gu;

/**
 * The keys of all objects of a source, by brackets alone: enough to say where a thing of a definition stands, and never wrong about more than that. A constant
 * (`const notes = {`) counts as a key, for a part of a definition may be written so.
 */
export function readKeys(source: string): readonly SourceKey[] {
  const keys: SourceKey[] = [];
  /** For each open bracket the name that it stands under; undefined where it has none. */
  const open: (string | undefined)[] = [];
  let last: { readonly name: string; readonly index: number } | undefined;
  /** The key whose value is being read. */
  let current: string | undefined;
  for (const match of source.matchAll(TOKEN)) {
    const { skip, text, name, sign } = match.groups ?? {};
    if (skip !== undefined) continue;
    if (text !== undefined || name !== undefined) {
      last = { name: name ?? (text ?? "").slice(1, -1), index: match.index };
      continue;
    }
    switch (sign) {
      case ":":
      case "=":
        if (last !== undefined) {
          keys.push({ path: [...open.filter((each) => each !== undefined), last.name], index: last.index });
          current = last.name;
        }
        break;
      case "{":
      case "(":
      case "[":
        open.push(current);
        current = undefined;
        break;
      case "}":
      case ")":
      case "]":
        current = open.pop();
        break;
      case ",":
      case ";":
        // A name by itself, as in `{ rules, notes }`.
        if (last !== undefined && source[match.index - 1] !== ")" && isShorthand(source, last))
          keys.push({ path: [...open.filter((each) => each !== undefined), last.name], index: last.index });
        current = undefined;
        break;
      default:
    }
    last = undefined;
  }
  return keys;
}

function isShorthand(source: string, { name, index }: { readonly name: string; readonly index: number }): boolean {
  return /[{,]\s*$/.test(source.slice(Math.max(0, index - 80), index)) && source.startsWith(name, index);
}
