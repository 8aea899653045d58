import type { Answers, Loss, Plan, Question } from "#database";
import { choose, confirm } from "../command-line/ask.ts";
import { UsageError } from "../command-line/command-error.ts";
import type { Terminal } from "../command-line/terminal.ts";

/** What was said on the command line about a migration. */
export interface AnswerOptions {
  /** `old=new` of a table, `table.old=new` of a column. */
  readonly rename?: readonly string[];
  readonly new?: readonly string[];
  readonly show?: readonly string[];
  readonly drop?: readonly string[];
  readonly allow?: readonly string[];
  /** `table.column=expression`. */
  readonly fill?: readonly string[];
  readonly convert?: readonly string[];
}

export function readAnswers({
  rename = [],
  new: fresh = [],
  show = [],
  drop = [],
  allow = [],
  fill,
  convert,
}: AnswerOptions): Answers {
  const renames: Record<string, string | null> = {};
  for (const text of rename) {
    const [, table, old, name] = /^(?:(\w+)\.)?(\w+)=(?:\1\.)?(\w+)$/.exec(text) ?? [];
    if (old === undefined || name === undefined)
      throw new UsageError(`--rename takes old=new for a table and table.old=new for a column, not '${text}'.`);
    renames[table === undefined ? name : `${table}.${name}`] = old;
  }
  for (const name of fresh) renames[name] = null;
  for (const name of show) renames[name] = name.split(".").at(-1) ?? name;
  return {
    renames,
    allow: [...allow, ...drop.map((name) => `drop ${name}`)],
    fill: readExpressions("--fill", fill),
    convert: readExpressions("--convert", convert),
  };
}

function readExpressions(option: string, texts: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, column, expression] = /^(\w+\.\w+)=([\s\S]+)$/.exec(text) ?? [];
      if (column === undefined || expression === undefined)
        throw new UsageError(`${option} takes table.column=expression, such as ${option} "reviews.body='none'", not '${text}'.`);
      return [column, expression];
    }),
  );
}

/** Asks what only a person knows, until nothing is open. Where nobody is there to answer, the plan stays as it is. */
export async function settle(
  replan: (answers: Answers) => Promise<Plan>,
  answers: Answers,
  terminal: Terminal,
): Promise<{ readonly plan: Plan; readonly answers: Answers }> {
  let given = answers;
  let plan = await replan(given);
  // One at a time: an answer may settle others.
  for (let [question] = plan.questions; terminal.ask !== undefined && question !== undefined; [question] = plan.questions) {
    given = await answerOne(question, given, terminal);
    plan = await replan(given);
  }
  if (terminal.ask === undefined) return { plan, answers: given };
  for (const loss of plan.losses) {
    if (loss.isAllowed || !loss.canBeAllowed) continue;
    terminal.report(`${loss.text} ${loss.hint}`.trim());
    if (await confirm(terminal, "Is that meant?")) given = { ...given, allow: [...(given.allow ?? []), loss.id] };
  }
  return { plan: await replan(given), answers: given };
}

async function answerOne({ type, about, candidates, text }: Question, answers: Answers, terminal: Terminal): Promise<Answers> {
  if (type === "fill" || type === "convert") {
    terminal.report(text);
    for (const candidate of candidates) terminal.report(`  ${candidate}`);
    let expression = "";
    while (expression === "")
      expression = ((await terminal.ask?.("An SQL expression over the row, such as 0 or 'none': ")) ?? "").trim();
    return { ...answers, [type]: { ...answers[type], [about]: expression } };
  }
  const options = [
    ...candidates.map((name) => ({
      label: type === "show" ? "Yes, it comes back." : `It was '${name}' before: rename it.`,
      value: name as string | null,
    })),
    { label: type === "show" ? "No, make a new one." : "It is new.", value: null },
  ];
  const chosen = await choose(terminal, text, options);
  return { ...answers, renames: { ...answers.renames, [about]: chosen ?? null } };
}

/** What is in the way of a plan, a line each, with the option that answers it. */
export function describeOpen({ questions, losses }: Plan): readonly string[] {
  return [
    ...questions.flatMap((question) => [question.text, `  ${optionsFor(question).join("  or  ")}`]),
    ...losses.filter(({ isAllowed }) => !isAllowed).flatMap((loss) => [`${loss.text} ${loss.hint}`.trim(), ...optionFor(loss)]),
  ];
}

function optionsFor({ type, about, candidates }: Question): readonly string[] {
  const [table, column] = about.split(".");
  switch (type) {
    case "renameTable":
      return [...candidates.map((old) => `--rename ${old}=${about}`), `--new ${about}`];
    case "renameColumn":
      return [...candidates.map((old) => `--rename ${table}.${old}=${column}`), `--new ${about}`];
    case "show":
      return [`--show ${about}`, `--new ${about}`];
    case "fill":
    case "convert":
      return [`--${type} "${about}=${candidates[0] ?? "<SQL expression>"}"`];
  }
}

function optionFor({ id, canBeAllowed }: Loss): readonly string[] {
  if (!canBeAllowed) return [];
  return [id.startsWith("drop ") ? `  --drop ${id.slice(5)}` : `  --allow "${id}"`];
}
