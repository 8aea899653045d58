/** The statements of a text, each ended by a semicolon; those inside BEGIN and END of a trigger belong to it. */
export function splitStatements(sql: string): readonly string[] {
  const pattern = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}\p{N}_$]+|\S/gu;
  const statements: string[] = [];
  let start = 0;
  let words: string[] = [];
  let depth = 0;
  for (const match of sql.matchAll(pattern)) {
    const token = match[0];
    if (token.startsWith("--") || token.startsWith("/*")) continue;
    const word = token.toUpperCase();
    const isTrigger = words[0] === "CREATE" && words.slice(1, 4).includes("TRIGGER");
    if (isTrigger && (word === "BEGIN" || (word === "CASE" && depth > 0))) depth++;
    else if (isTrigger && word === "END" && depth > 0) depth--;
    if (token === ";" && depth === 0) {
      if (words.length > 0) statements.push(sql.slice(start, match.index).trim());
      start = match.index + 1;
      words = [];
    } else words.push(word);
  }
  if (words.length > 0) statements.push(sql.slice(start).trim());
  return statements;
}
