import type { Connection } from "../../driver.ts";
import type { PairedTable } from "./plan-context.ts";
import type { Answers, Question } from "./plan.ts";
import { renamedRows } from "./values-view.ts";

interface Checked {
  /** Without those that are refused. */
  readonly answers: Answers;
  /** For each that is refused: the same again, with what was wrong. */
  readonly questions: readonly Question[];
}

/**
 * Whether what people gave as `fill` and `convert` is SQL over the rows, before any of it stands within a longer statement, whose error would be about that one. A text without its
 * quotes is the usual mistake, and whoever is there is asked again.
 */
export async function checkExpressions(
  answers: Answers,
  pairs: readonly PairedTable[],
  connection: Connection,
): Promise<Checked> {
  const questions: Question[] = [];
  const check = async (type: "fill" | "convert"): Promise<Readonly<Record<string, string>>> => {
    const good: Record<string, string> = {};
    for (const [about, expression] of Object.entries(answers[type] ?? {})) {
      const pair = pairs.find(({ name }) => about.startsWith(`${name}.`));
      const mistake = pair === undefined ? undefined : await mistakeIn(expression, pair, connection);
      if (mistake === undefined) good[about] = expression;
      else questions.push({ type, about, candidates: [], text: explain({ about, expression, mistake }) });
    }
    return good;
  };
  return { answers: { ...answers, fill: await check("fill"), convert: await check("convert") }, questions };
}

/** What the database says of it. */
async function mistakeIn(
  expression: string,
  { planned, columns }: PairedTable,
  connection: Connection,
): Promise<string | undefined> {
  // What comes back is read under its own name.
  const names = new Map([...planned.columns, ...columns.shown.map((name) => [name, name] as const)]);
  try {
    // As a condition, for an aggregate is no value of one row.
    await connection.get(
      `SELECT 1 FROM (${renamedRows({ ...planned, columns: names })}) WHERE (${expression}) IS NULL LIMIT 0`,
      [],
    );
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function explain({
  about,
  expression,
  mistake,
}: {
  readonly about: string;
  readonly expression: string;
  readonly mistake: string;
}): string {
  const hint = /^[\p{L}\p{N}_ .-]+$/u.test(expression) ? ` If it is a text, put it in single quotes: '${expression}'.` : "";
  return `${expression} is no SQL expression over the rows (${mistake}).${hint} What does '${about}' get?`;
}
