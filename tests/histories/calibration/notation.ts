import type { History, Operation, Transaction } from "../checker/history.ts";

/**
 * A history written down, a transaction a line, each the next number:
 *
 *     0-2 x+1 y=[1,2]           from moment 0 to 2: appends 1 to x, then reads y as the list 1, 2; committed
 *     1-3 aborted x+2           appends 2 to x and is told that nothing happened
 *     1-? x+3                   is told nothing
 *     4-5 x+4! p:=7@2 p==7@2    appends 4 to x and undoes it, writes 7 to register p as its version 2, and reads that
 */
export function parseHistory(text: string): History {
  return text
    .trim()
    .split("\n")
    .map((line, index) => parseTransaction(line.trim(), index + 1));
}

function parseTransaction(line: string, id: number): Transaction {
  const [span = "", ...words] = line.split(/\s+/);
  const [invoked, completed] = span.split("-");
  const aborted = words[0] === "aborted";
  return {
    id,
    operations: (aborted ? words.slice(1) : words).map(parseOperation),
    outcome: aborted ? "aborted" : completed === "?" ? "unknown" : "committed",
    invoked: Number(invoked),
    completed: completed === "?" ? Number.POSITIVE_INFINITY : Number(completed),
  };
}

const OPERATION = /^(?<key>\w+)(?<sign>\+|=|:=|==)(?<value>\[[\d,]*\]|null|\d+)(?:@(?<version>\d+))?(?<undone>!)?$/;

function parseOperation(word: string): Operation {
  const { key = "", sign, value = "", version, undone } = OPERATION.exec(word)?.groups ?? {};
  const back = undone === undefined ? {} : { undone: true as const };
  switch (sign) {
    case "+":
      return { type: "append", key, value: Number(value), ...back };
    case "=":
      return { type: "list", key, values: JSON.parse(value) as number[] };
    case ":=":
      return { type: "write", key, value: Number(value), version: version === undefined ? undefined : Number(version), ...back };
    case "==":
      return { type: "read", key, value: value === "null" ? null : Number(value), version: Number(version) };
    default:
      throw new Error(`No operation: ${word}`);
  }
}
