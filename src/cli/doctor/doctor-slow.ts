import { type Backend, indexLine } from "#application";
import { type Finding, suggestIndexes, type SuggestedIndex, type SuggestionOptions } from "#database";
import { count } from "../command-line/terminal.ts";

/** Of a statement's text. */
const SHOWN = 160;

/** What a server found slow of late, and the indexes that would help. */
export async function examineSlowStatements(
  { model }: Pick<Backend, "model">,
  options: Omit<SuggestionOptions, "model">,
): Promise<readonly Finding[]> {
  // A file that cannot be read has been told of by the examination of the database.
  const suggestions = await suggestIndexes({ ...options, model }).catch(() => undefined);
  if (suggestions === undefined) return [];
  const helped = new Map<string, SuggestedIndex[]>();
  for (const suggestion of suggestions) {
    if (suggestion.index === undefined) continue;
    const line = indexLine(model, suggestion.index);
    helped.set(line, [...(helped.get(line) ?? []), suggestion]);
  }
  const findings = [...helped].map(
    ([line, statements]): Finding => ({
      check: "slow",
      level: "advice",
      message: describe(statements),
      action: `In the schema: ${line}`,
    }),
  );
  const others = suggestions.filter(({ index }) => index === undefined);
  if (others.length > 0)
    findings.push({ check: "slow", level: "ok", message: `${describe(others)} No index of one or two columns would help.` });
  return findings.length > 0
    ? findings
    : [{ check: "slow", level: "ok", message: "No statement is known to be slow for want of an index." }];
}

function describe(statements: readonly SuggestedIndex[]): string {
  const [worst] = statements;
  const times = statements.reduce((sum, statement) => sum + statement.count, 0);
  const longest = Math.round(Math.max(...statements.map((statement) => statement.longest)));
  const text = (worst?.sql ?? "").replaceAll(/\s+/g, " ").trim();
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
  const what = statements.length === 1 ? "A statement was" : `${count(statements.length, "statement")} were`;
  return `${what} slow ${times === 1 ? "once" : `${times} times`}, ${longest} ms at the longest: ${shown}`;
}
