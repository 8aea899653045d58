/** A CREATE TABLE statement taken apart, as far as telling two of them apart in words needs. */
export interface TableDefinition {
  /** By name. */
  readonly columns: ReadonlyMap<string, ColumnDefinition>;
  /** What each constraint says, by name; one without a name goes by its text. */
  readonly constraints: ReadonlyMap<string, string>;
  /** What follows the closing parenthesis: STRICT, WITHOUT ROWID. */
  readonly options: string;
}

export interface ColumnDefinition {
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | undefined;
  /** All that follows the name, with single spaces. */
  readonly text: string;
}

const constraintWords = /^(?:CONSTRAINT|CHECK|FOREIGN|UNIQUE|PRIMARY)$/i;

/** Reads a definition of ours or of another hand; undefined for what is no list of columns (a virtual table, say). */
export function readDefinition(sql: string): TableDefinition | undefined {
  const tokens = tokenise(sql);
  const open = tokens.indexOf("(");
  if (open === -1 || tokens[0]?.toUpperCase() !== "CREATE" || tokens[1]?.toUpperCase() !== "TABLE") return undefined;
  const columns = new Map<string, ColumnDefinition>();
  const constraints = new Map<string, string>();
  const { items, rest } = splitList(tokens, open);
  for (const item of items) {
    const [first = "", second = ""] = item;
    if (!constraintWords.test(first)) columns.set(unquote(first), readColumn(item.slice(1)));
    else if (first.toUpperCase() === "CONSTRAINT") constraints.set(unquote(second), item.slice(2).join(" "));
    else constraints.set(item.join(" "), item.join(" "));
  }
  return { columns, constraints, options: rest.join(" ") };
}

function readColumn(tokens: readonly string[]): ColumnDefinition {
  const words = tokens.map((token) => token.toUpperCase());
  const type = words[0] ?? "";
  const notNull = words.some((word, index) => word === "NOT" && words[index + 1] === "NULL");
  const at = words.indexOf("DEFAULT");
  return { type, nullable: !notNull, default: at === -1 ? undefined : readDefault(tokens.slice(at + 1)), text: tokens.join(" ") };
}

function readDefault(tokens: readonly string[]): string {
  const [first = "", second = ""] = tokens;
  if (first === "(") return splitList(tokens, 0).items.flat().join(" ");
  return first === "-" || first === "+" ? first + second : first;
}

/** The items between the parenthesis at `open` and its partner, split at the commas of that level, and what follows. */
function splitList(tokens: readonly string[], open: number): { items: readonly (readonly string[])[]; rest: readonly string[] } {
  const items: string[][] = [[]];
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index] ?? "";
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (depth === 0) return { items, rest: tokens.slice(index + 1) };
    if (index === open) continue;
    if (token === "," && depth === 1) items.push([]);
    else items.at(-1)?.push(token);
  }
  return { items, rest: [] };
}

/** Quoted text and names, words and numbers, single signs; spaces and comments fall away. */
export function tokenise(sql: string): readonly string[] {
  const pattern =
    /--[^\n]*|\/\*[\s\S]*?\*\/|[xX]?'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}\p{N}_$.]+|[<>=!|]{2}|\S/gu;
  return (sql.match(pattern) ?? []).filter((token) => !token.startsWith("--") && !token.startsWith("/*"));
}

/** A name or a text as it is meant, without its quotes. */
export function unquote(name: string): string {
  const quote = name[0];
  if (quote === "[") return name.slice(1, -1);
  return quote === '"' || quote === "`" || quote === "'" ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}
