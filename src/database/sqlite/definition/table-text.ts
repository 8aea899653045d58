/** A CREATE TABLE statement as a list of parts that can be changed one by one and written again. Texts are the source's, to the letter. */
export interface TableText {
  readonly name: string;
  /** What follows each column's name, in the order in which the table stores them. */
  readonly columns: ReadonlyMap<string, string>;
  /** What each constraint says, by name; one without a name goes by its text. */
  readonly constraints: ReadonlyMap<string, string>;
  /** What follows the closing parenthesis: STRICT, WITHOUT ROWID. */
  readonly options: string;
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const constraintWords = /^(?:CONSTRAINT|CHECK|FOREIGN|UNIQUE|PRIMARY)$/i;

/** Quoted text and names, words and numbers, single signs; spaces and comments fall away. */
const tokenPattern =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[xX]?'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}\p{N}_$.]+|[<>=!|]{2}|\S/gu;

function scan(sql: string): readonly Token[] {
  return [...sql.matchAll(tokenPattern)]
    .map((match) => ({ text: match[0], start: match.index, end: match.index + match[0].length }))
    .filter(({ text }) => !text.startsWith("--") && !text.startsWith("/*"));
}

export function tokenise(sql: string): readonly string[] {
  return scan(sql).map((token) => token.text);
}

/** The same text for any two that differ in nothing but spaces and comments. */
export function canonical(sql: string): string {
  return tokenise(sql).join(" ");
}

export function unquote(name: string): string {
  const quote = name[0];
  if (quote === "[") return name.slice(1, -1);
  return quote === '"' || quote === "`" || quote === "'" ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}

/** Reads a definition of ours or of another hand; undefined for what is no list of columns (a virtual table, CREATE TABLE AS). */
export function readTable(sql: string): TableText | undefined {
  const tokens = scan(sql);
  const open = tokens.findIndex((token) => token.text === "(");
  if (open < 3 || tokens[0]?.text.toUpperCase() !== "CREATE" || tokens[1]?.text.toUpperCase() !== "TABLE") return undefined;
  const columns = new Map<string, string>();
  const constraints = new Map<string, string>();
  const { items, rest } = splitList(tokens, open);
  const source = (part: readonly Token[]): string => sql.slice(part[0]?.start ?? 0, part.at(-1)?.end ?? 0);
  for (const item of items) {
    const [first, second] = item;
    if (first === undefined) continue;
    if (!constraintWords.test(first.text)) columns.set(unquote(first.text), source(item.slice(1)));
    else if (first.text.toUpperCase() === "CONSTRAINT") constraints.set(unquote(second?.text ?? ""), source(item.slice(2)));
    else constraints.set(canonical(source(item)), source(item));
  }
  return { name: unquote(tokens[open - 1]?.text ?? ""), columns, constraints, options: source(rest) };
}

/** The items between the parenthesis at `open` and its partner, split at the commas of that level, and what follows. */
function splitList(tokens: readonly Token[], open: number): { items: readonly (readonly Token[])[]; rest: readonly Token[] } {
  const items: Token[][] = [[]];
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    if (depth === 0) return { items, rest: tokens.slice(index + 1) };
    if (index === open) continue;
    if (token.text === "," && depth === 1) items.push([]);
    else items.at(-1)?.push(token);
  }
  return { items, rest: [] };
}

/** The statement again, one part a line, as `schemaObjects` writes it. */
export function writeTable({ name, columns, constraints, options }: TableText): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = [
    ...[...columns].map(([column, text]) => `${quote(column)} ${text}`.trim()),
    ...[...constraints].map(([constraint, text]) =>
      constraint === canonical(text) ? text : `CONSTRAINT ${quote(constraint)} ${text}`,
    ),
  ];
  return `CREATE TABLE ${quote(name)} (\n  ${lines.join(",\n  ")}\n)${options === "" ? "" : ` ${options}`}`;
}

/** Whether a text names this column or table. Texts of the schema always quote names; those of other hands may not. */
export function mentions(sql: string, name: string): boolean {
  return tokenise(sql).some((token) => !token.startsWith("'") && !/^[xX]'/.test(token) && unquote(token) === name);
}

/** The text with every quoted `from` written as `to`. */
export function renameIn(sql: string, from: string, to: string): string {
  const quoted = `"${from.replaceAll('"', '""')}"`;
  const replacement = `"${to.replaceAll('"', '""')}"`;
  let result = "";
  let at = 0;
  for (const { text, start, end } of scan(sql)) {
    if (text !== quoted) continue;
    result += sql.slice(at, start) + replacement;
    at = end;
  }
  return result + sql.slice(at);
}

/** Two definitions of a table that mean the same: the order of columns and constraints and the spaces aside. */
export function sameTable(left: TableText, right: TableText): boolean {
  const same = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
    a.size === b.size && [...a].every(([name, text]) => b.has(name) && canonical(b.get(name) ?? "") === canonical(text));
  return (
    same(left.columns, right.columns) &&
    same(left.constraints, right.constraints) &&
    canonical(left.options).toUpperCase() === canonical(right.options).toUpperCase()
  );
}

/** The parts of a column's definition that a migration looks at. */
export interface ColumnText {
  readonly type: string;
  readonly isRequired: boolean;
  /** As it stands after DEFAULT, with its brackets; undefined where there is none. */
  readonly default: string | undefined;
  /** What is left: UNIQUE, PRIMARY KEY AUTOINCREMENT, REFERENCES. */
  readonly rest: string;
}

export function readColumn(text: string): ColumnText {
  const tokens = scan(text);
  const source = (from: number, to: number): string => text.slice(tokens[from]?.start ?? 0, tokens[to - 1]?.end ?? 0);
  let type = "";
  let isRequired = false;
  let value: string | undefined;
  const rest: string[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const word = tokens[index]?.text.toUpperCase() ?? "";
    if (index === 0 && !/^(?:NOT|DEFAULT|UNIQUE|PRIMARY|REFERENCES|CHECK|CONSTRAINT|COLLATE)$/.test(word)) type = word;
    else if (word === "NOT" && tokens[index + 1]?.text.toUpperCase() === "NULL") {
      isRequired = true;
      index++;
    } else if (word === "DEFAULT") {
      const end = endOfDefault(tokens, index + 1);
      value = source(index + 1, end);
      index = end - 1;
    } else rest.push(tokens[index]?.text ?? "");
  }
  return { type, isRequired, default: value === undefined || /^null$/i.test(value) ? undefined : value, rest: rest.join(" ") };
}

function endOfDefault(tokens: readonly Token[], start: number): number {
  const first = tokens[start]?.text;
  if (first === "-" || first === "+") return start + 2;
  if (first !== "(") return start + 1;
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    if (tokens[index]?.text === "(") depth++;
    if (tokens[index]?.text === ")" && --depth === 0) return index + 1;
  }
  return tokens.length;
}

export function writeColumn({ type, isRequired, default: value, rest }: ColumnText): string {
  return [type, isRequired ? "NOT NULL" : "", rest, value === undefined ? "" : `DEFAULT ${value}`].filter(Boolean).join(" ");
}
