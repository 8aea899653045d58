import { tokenise, unquote } from "../definition/read-definition.ts";

/** One thing that a CHECK says of a column, in a form that a field can say too. */
export type CheckFact =
  | { readonly type: "oneOf"; readonly column: string; readonly values: readonly (string | number)[] }
  | { readonly type: "length"; readonly column: string; readonly min?: number; readonly max?: number }
  | {
      readonly type: "bound";
      readonly column: string;
      readonly min?: string | number;
      readonly max?: string | number;
      /** The bound itself is not allowed. */
      readonly exclusive: boolean;
    }
  | { readonly type: "json"; readonly column: string }
  | { readonly type: "required"; readonly column: string }
  | { readonly type: "compare"; readonly left: string; readonly operator: Comparison; readonly right: string }
  /** What the kind of the column says anyway: `typeof(x) = 'text'`. */
  | { readonly type: "implied" };

type Comparison = "<" | "<=" | ">" | ">=" | "=" | "<>";

/** Every CHECK of a CREATE TABLE, of a column or of the table, as its tokens without the brackets. */
export function findChecks(sql: string): readonly (readonly string[])[] {
  const tokens = tokenise(sql);
  const checks: string[][] = [];
  for (let index = 0; index < tokens.length; index++) {
    if (tokens[index]?.toUpperCase() !== "CHECK" || tokens[index + 1] !== "(") continue;
    const end = closing(tokens, index + 1);
    checks.push(tokens.slice(index + 2, end));
    index = end;
  }
  return checks;
}

/** The tokens as one line that a person would write. */
export function tokensText(tokens: readonly string[]): string {
  return tokens
    .join(" ")
    .replaceAll("( ", "(")
    .replaceAll(/ (?=[),])/g, "")
    .replaceAll(/(\w+) \(/g, (text, word: string) =>
      /^(?:IN|AND|OR|NOT|BETWEEN|LIKE|GLOB|IS)$/i.test(word) ? text : `${word}(`,
    );
}

/** What a CHECK says, or undefined where some part of it is beyond a field. */
export function readCheck(tokens: readonly string[], columns: readonly string[]): readonly CheckFact[] | undefined {
  const reader = createReader(columns);
  return reader.condition(tokens);
}

function createReader(columns: readonly string[]): {
  condition: (tokens: readonly string[]) => readonly CheckFact[] | undefined;
} {
  // SQLite tells names apart without regard to case.
  const byName = new Map(columns.map((name) => [name.toLowerCase(), name]));
  const column = (token: string | undefined): string | undefined =>
    token === undefined || token.startsWith("'") ? undefined : byName.get(unquote(token).toLowerCase());

  function condition(written: readonly string[]): readonly CheckFact[] | undefined {
    const tokens = withoutBrackets(written);
    const alternatives = split(tokens, "OR");
    if (alternatives.length > 1) return orNull(alternatives);
    const parts = split(tokens, "AND");
    if (parts.length === 1) return atom(tokens);
    const facts = parts.map(condition);
    return facts.includes(undefined) ? undefined : facts.flatMap((each) => each ?? []);
  }

  /** `x IS NULL OR ...`: a CHECK lets null through anyway. */
  function orNull(alternatives: readonly (readonly string[])[]): readonly CheckFact[] | undefined {
    const others = alternatives.filter((tokens) => !isNullTest(withoutBrackets(tokens)));
    const [only] = others;
    return others.length === 1 && only !== undefined && alternatives.length === 2 ? condition(only) : undefined;
  }

  function isNullTest(tokens: readonly string[]): boolean {
    return column(tokens[0]) !== undefined && /^IS NULL$|^ISNULL$/i.test(tokens.slice(1).join(" "));
  }

  function atom(tokens: readonly string[]): readonly CheckFact[] | undefined {
    const words = tokens.map((token) => token.toUpperCase());
    const call = words[1] === "(" ? words[0] : undefined;
    const name = column(call === undefined ? tokens[0] : tokens[2]);
    if (call !== undefined && tokens[3] !== ")") return undefined;
    const rest = tokens.slice(call === undefined ? 1 : 4);
    if (name === undefined) return reversed(tokens);
    if (call === undefined) return ofColumn(name, rest);
    if (call === "LENGTH") return ofLength(name, rest);
    if (call === "JSON_VALID" && (rest.length === 0 || /^= 1$/.test(rest.join(" ")))) return [{ type: "json", column: name }];
    if (call === "TYPEOF") return [{ type: "implied" }];
    return undefined;
  }

  function ofColumn(name: string, rest: readonly string[]): readonly CheckFact[] | undefined {
    const [first = "", ...others] = rest;
    const word = first.toUpperCase();
    if (word === "IN" && others[0] === "(" && others.at(-1) === ")") {
      const values = split(others.slice(1, -1), ",").map(literalOf);
      return values.includes(undefined)
        ? undefined
        : [{ type: "oneOf", column: name, values: values.filter((value) => value !== undefined) }];
    }
    if (/^IS NOT NULL$|^NOTNULL$/i.test(rest.join(" "))) return [{ type: "required", column: name }];
    if (word === "BETWEEN") {
      const [low, high] = split(others, "AND", false).map(literalOf);
      return low === undefined || high === undefined
        ? undefined
        : [{ type: "bound", column: name, min: low, max: high, exclusive: false }];
    }
    const operator = comparison(first);
    if (operator === undefined) return undefined;
    const value = literalOf(others);
    if (value !== undefined) return bound(name, operator, value);
    const right = others.length === 1 ? column(others[0]) : undefined;
    return right === undefined ? undefined : [{ type: "compare", left: name, operator, right }];
  }

  function reversed(tokens: readonly string[]): readonly CheckFact[] | undefined {
    const at = tokens.findIndex((token) => comparison(token) !== undefined);
    const value = at === -1 ? undefined : literalOf(tokens.slice(0, at));
    const operator = comparison(tokens[at] ?? "");
    if (value === undefined || operator === undefined) return undefined;
    return atom([...tokens.slice(at + 1), mirrored[operator], ...tokens.slice(0, at)]);
  }

  return { condition };
}

const mirrored: Readonly<Record<Comparison, Comparison>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>" };

function comparison(token: string): Comparison | undefined {
  if (token === "==") return "=";
  if (token === "!=") return "<>";
  return token in mirrored ? (token as Comparison) : undefined;
}

function bound(column: string, operator: Comparison, value: string | number): readonly CheckFact[] | undefined {
  const exclusive = operator === "<" || operator === ">";
  if (operator === "<" || operator === "<=") return [{ type: "bound", column, max: value, exclusive }];
  if (operator === ">" || operator === ">=") return [{ type: "bound", column, min: value, exclusive }];
  if (operator === "=") return [{ type: "oneOf", column, values: [value] }];
  return value === "" ? [{ type: "length", column, min: 1 }] : undefined;
}

function ofLength(column: string, rest: readonly string[]): readonly CheckFact[] | undefined {
  const [first = "", ...others] = rest;
  if (first.toUpperCase() === "BETWEEN") {
    const [min, max] = split(others, "AND", false).map(literalOf);
    return typeof min === "number" && typeof max === "number" ? [{ type: "length", column, min, max }] : undefined;
  }
  const value = literalOf(others);
  if (typeof value !== "number") return undefined;
  switch (comparison(first)) {
    case "<":
      return [{ type: "length", column, max: value - 1 }];
    case "<=":
      return [{ type: "length", column, max: value }];
    case ">":
      return [{ type: "length", column, min: value + 1 }];
    case ">=":
      return [{ type: "length", column, min: value }];
    case "=":
      return [{ type: "length", column, min: value, max: value }];
    case "<>":
      return value === 0 ? [{ type: "length", column, min: 1 }] : undefined;
    case undefined:
      return undefined;
  }
}

/** A text or a number, written out. */
function literalOf(written: readonly string[] | undefined): string | number | undefined {
  const tokens = withoutBrackets(written ?? []);
  const [first = "", second] = tokens;
  const text = first === "-" && second !== undefined ? `-${second}` : first;
  if (tokens.length !== (text === first ? 1 : 2)) return undefined;
  if (first.startsWith("'")) return unquote(first);
  return /^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : undefined;
}

function closing(tokens: readonly string[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    if (tokens[index] === "(") depth++;
    if (tokens[index] === ")") depth--;
    if (depth === 0) return index;
  }
  return tokens.length;
}

function withoutBrackets(tokens: readonly string[]): readonly string[] {
  let inner = tokens;
  while (inner[0] === "(" && closing(inner, 0) === inner.length - 1) inner = inner.slice(1, -1);
  return inner;
}

/** At a word of the outermost level. The AND of a BETWEEN belongs to it. */
function split(tokens: readonly string[], word: string, minding = true): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  let depth = 0;
  let between = false;
  for (const token of tokens) {
    if (token === "(") depth++;
    if (token === ")") depth--;
    const upper = token.toUpperCase();
    if (depth === 0 && upper === "BETWEEN") between = true;
    if (depth === 0 && upper === word && !(minding && between && word === "AND")) parts.push([]);
    else parts.at(-1)?.push(token);
    if (depth === 0 && upper === "AND") between = false;
  }
  return parts;
}
