import type { Backend, TableRules } from "#application";
import { didYouMean } from "#base";
import {
  type ActorFacts,
  actorFacts,
  type Clause,
  clauses,
  type Expression,
  type Model,
  nobodyFacts,
  openSqlite,
  type Table,
} from "#database";
import { databasePath } from "#platform";
import { readActor } from "./actor-options.ts";
import { CommandError } from "./failure.ts";
import type { Terminal } from "./terminal.ts";
import { compileRule, type Verdict, verdictOnRow, verdictWithoutRow } from "./verdict.ts";
import { findServer, openWorkplace, type Workplace } from "./workplace.ts";

export interface ExplainOptions {
  readonly backend: string;
  readonly as?: string;
  readonly role?: readonly string[];
  readonly claim?: readonly string[];
  readonly row?: string;
}

const operations = ["read", "create", "update", "delete", "history"] as const;
type Operation = (typeof operations)[number];

/** A rule, and the name under which it is shown: the table's own, or a field's. */
interface NamedRule {
  readonly name: string;
  readonly expression: Expression | undefined;
}

/**
 * Shows the rule of one operation with its SQL, the narrower rules of fields, and for each clause whether it is true for
 * who is asking. With a row the database is asked; for `update`, `next` is then the row as it is.
 */
export async function explain(
  tableName: string,
  operationName: string,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<void> {
  const workplace = await openWorkplace(options.backend);
  const { backend } = workplace;
  const table = findTable(backend, tableName);
  const operation = findOperation(operationName);
  const facts = readFacts(backend.model, options);
  const judge = options.row === undefined ? undefined : await rowJudge(workplace, table, options.row, facts);
  try {
    for (const rule of rulesOf(backend.rules.get(tableName), tableName, operation)) {
      terminal.print(terminal.style("bold", `${rule.name}: ${operation}`));
      await describeRule(rule.expression, backend.model, terminal, async (clause) =>
        judge === undefined ? verdictWithoutRow(clause, facts) : judge.verdict(clause),
      );
    }
    const who =
      options.as === undefined
        ? "nobody in particular"
        : `${options.as}${options.role === undefined ? "" : ` as ${options.role.join(", ")}`}`;
    const row = options.row === undefined ? "any row" : `the row ${options.row}`;
    terminal.print(`\nAsked by ${who}, of ${row}.`);
  } finally {
    await judge?.close();
  }
}

async function describeRule(
  expression: Expression | undefined,
  model: Model,
  terminal: Terminal,
  judge: (clause: Expression) => Promise<Verdict>,
): Promise<void> {
  if (expression === undefined) {
    terminal.print("  There is no rule: nobody can do this.");
    return;
  }
  const { text, parameters } = compileRule(expression, model);
  const tree = clauses(expression);
  terminal.print(`  rule  ${tree.text}`);
  terminal.print(`  SQL   ${text}`);
  for (const [index, parameter] of parameters.entries()) terminal.print(`        ?${index + 1} is ${parameter}`);
  await describeClause(tree, 1, terminal, judge);
}

const colours = { true: "green", false: "red", unknown: "yellow", "depends on the row": "dim" } as const;

async function describeClause(
  clause: Clause,
  depth: number,
  terminal: Terminal,
  judge: (clause: Expression) => Promise<Verdict>,
): Promise<void> {
  const verdict = await judge(clause.expression);
  const label = clause.type === "leaf" ? clause.text : { and: "all of", or: "any of", not: "not" }[clause.type];
  terminal.print(`${"  ".repeat(depth)}${terminal.style(colours[verdict], verdict)}: ${label}`);
  for (const part of clause.parts) await describeClause(part, depth + 1, terminal, judge);
}

function findTable({ model }: Backend, name: string): Table {
  const table = model.tables.get(name);
  if (table === undefined) throw new CommandError(`There is no table '${name}'${didYouMean(name, model.tables.keys())}`);
  return table;
}

function findOperation(name: string): Operation {
  const operation = operations.find((candidate) => candidate === name);
  if (operation === undefined)
    throw new CommandError(
      `There is no operation '${name}': it is one of ${operations.join(", ")}${didYouMean(name, operations)}`,
    );
  return operation;
}

function readFacts(model: Model, { as: user, role, claim }: ExplainOptions): ActorFacts {
  if (user === undefined) {
    if (role !== undefined || claim !== undefined)
      throw new CommandError("Roles and claims are somebody's: say whose with --as.");
    return nobodyFacts;
  }
  return actorFacts(
    readActor(model, { user, ...(role === undefined ? {} : { role }), ...(claim === undefined ? {} : { claim }) }),
    model,
  );
}

function rulesOf(rules: TableRules | undefined, table: string, operation: Operation): readonly NamedRule[] {
  const own = operation === "update" ? rules?.update?.expression : rules?.[operation];
  // What of a field somebody may read, they may read of its past.
  const fields = operation === "delete" ? [] : [...(rules?.fields ?? [])];
  const narrower = fields.map(([field, rule]) => ({
    name: `${table}.${field}`,
    expression: operation === "update" ? rule.update?.expression : rule[operation === "create" ? "create" : "read"],
  }));
  return [{ name: table, expression: own }, ...narrower.filter(({ expression }) => expression !== undefined)];
}

async function rowJudge(
  workplace: Workplace,
  table: Table,
  id: string,
  facts: ActorFacts,
): Promise<{ verdict(clause: Expression): Promise<Verdict>; close(): Promise<void> }> {
  const server = findServer(workplace);
  if (server !== undefined) {
    throw new CommandError(
      `A server (process ${server.pid}) has the database, and one process at a time may. Stop it, or leave out --row.`,
    );
  }
  const key = table.key.kind.fromText(id, table.key.options);
  if (!key.ok) throw new CommandError(`The id of a row of '${table.name}' ${key.message}, not '${id}'.`);
  const database = await openSqlite({ path: databasePath(workplace.dataDirectory) });
  return {
    async verdict(clause) {
      const verdict = await verdictOnRow(clause, { model: workplace.backend.model, database, table, key: key.value, facts });
      if (verdict === undefined) throw new CommandError(`There is no row ${id} in '${table.name}'.`);
      return verdict;
    },
    close: () => database.close(),
  };
}
