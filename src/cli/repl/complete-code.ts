import type { Backend } from "#application";
import { readCalls, writeCalls } from "./write-through.ts";

export interface Completion {
  readonly words: readonly string[];
  /** What of the line they stand for. */
  readonly typed: string;
}

const options = ["where", "orderBy", "limit", "offset", "select", "include", "count", "after", "values", "groupBy", "set"];
/** `db`, `api` and those of somebody: `as("…", […]).db`. */
const ROOT = String.raw`(?:^|[^\w$.])(db|api|as\((?:[^()"']|"[^"]*"|'[^']*')*\)\.(?:db|api))(?:\.asSystem\(\))?`;
const tableNames = new RegExp(String.raw`${ROOT}\.([\w$]*)$`);
const tableCalls = new RegExp(String.raw`${ROOT}\.([\w$]+)\.([\w$]*)$`);
const openCall = new RegExp(String.raw`${ROOT}\.([\w$]+)\.([\w$]+)\(([^]*)$`);

/** What may follow in what is typed, as far as it is about the back end; undefined for everything else. */
export function completeCode({ model, functions }: Pick<Backend, "model" | "functions">, line: string): Completion | undefined {
  const tables = [...model.tables.keys()];
  const command = /^\s*\.(?:columns|tables)\s+([\w$]*)$/.exec(line);
  if (command !== null) return matching(tables, command[1] ?? "");
  const ofFunctions = /(?:^|[^\w$])fn\.([\w$]*)$/.exec(line);
  if (ofFunctions !== null) return matching([...functions.keys()], ofFunctions[1] ?? "");
  const ofSomebody = /(?:^|[^\w$.])as\((?:[^()"']|"[^"]*"|'[^']*')*\)\.([\w$]*)$/.exec(line);
  if (ofSomebody !== null) return matching(["db", "api", "fn"], ofSomebody[1] ?? "");
  const names = tableNames.exec(line);
  if (names !== null) {
    const more =
      names[1]?.endsWith("api") === true ? ["fn", "auth", "batch", "table"] : names[1] === "db" ? ["sql"] : ["asSystem"];
    return matching([...tables, ...more], names[2] ?? "");
  }
  const calls = tableCalls.exec(line);
  if (calls !== null && model.tables.has(calls[2] ?? ""))
    return matching(
      [...readCalls, ...writeCalls, ...(calls[1]?.endsWith("api") === true ? ["pages", "each"] : [])],
      calls[3] ?? "",
    );
  const call = openCall.exec(line);
  const columns = model.tables.get(call?.[2] ?? "")?.columns;
  if (columns === undefined || !isOpen(call?.[4] ?? "")) return undefined;
  const word = /(?:^|[^\w$.])([\w$]*)$/.exec(line)?.[1];
  // At the beginning of the options stand their names, and within them columns.
  const isOutside = /^\s*(?:[\w"'-]+\s*,\s*)?\{?[^{[]*$/.test(call?.[4] ?? "");
  const isRead = (readCalls as readonly string[]).includes(call?.[3] ?? "") || call?.[3]?.endsWith("Many") === true;
  return word === undefined ? undefined : matching(isRead && isOutside ? options : [...columns.keys()], word);
}

function matching(words: readonly string[], typed: string): Completion {
  return { words: words.filter((word) => word.startsWith(typed)).toSorted(), typed };
}

/** Whether the parenthesis before it is not closed in it. Those in texts count too: it is a proposal, and no parser. */
function isOpen(text: string): boolean {
  let depth = 1;
  for (const character of text) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0) return false;
  }
  return true;
}
