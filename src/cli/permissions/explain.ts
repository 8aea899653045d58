import { existsSync } from "node:fs";
import {
  type ClauseVerdict,
  decidingClauses,
  explainAccess,
  type Explanation,
  isOpen,
  type KnownRow,
  type RuleVerdict,
  type TableOperation,
  type Verdict,
} from "#application";
import { type ActorFacts, actorFacts, type Column, type Model, nobodyFacts, type Table } from "#database";
import { findOperation, findTable, operations, readKey } from "./access-question.ts";
import { readActor } from "../backend/actor-options.ts";
import { compileRule } from "./compile-rule.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { openWorkplace, type Workplace } from "../backend/workplace.ts";

export interface ExplainOptions {
  readonly backend: string;
  readonly as?: string;
  readonly role?: readonly string[];
  readonly claim?: readonly string[];
  readonly row?: string;
  readonly json?: boolean;
}

/** What is asked of each operation. */
interface Asked {
  readonly workplace: Workplace;
  readonly table: Table;
  readonly actor: ActorFacts;
  readonly row: KnownRow | undefined;
}

interface Explained extends Explanation {
  readonly operation: TableOperation;
  /** Of the fields that have a rule of their own. */
  readonly fields: readonly { readonly field: Column; readonly explanation: Explanation }[];
}

/**
 * Says why somebody may or may not do something: each rule with its SQL, clause by clause, and of a row with the values that decided.
 * Beside a running server too. Of `update`, `next` is then the row as it is.
 */
export async function explain(
  tableName: string,
  operationName: string | undefined,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<void> {
  const ask = async (workplace: Workplace, known?: Pick<KnownRow, "connection">): Promise<void> => {
    const { backend } = workplace;
    const table = findTable(backend, tableName);
    const wanted = operationName === undefined ? usual(table, options.row !== undefined) : [findOperation(operationName)];
    const actor = readFacts(backend.model, options);
    const row =
      known === undefined || options.row === undefined
        ? undefined
        : { ...known, model: backend.model, table, key: readKey(table, options.row), now: new Date().toISOString() };
    const explained: Explained[] = [];
    for (const operation of wanted)
      explained.push(await explainOperation({ workplace, table, actor, row }, operation, options.row));
    if (options.json === true) terminal.print(JSON.stringify(asJson(explained, table, backend.model), null, 2));
    else for (const each of explained) describe(each, { table, model: backend.model, options }, terminal);
  };
  if (options.row === undefined) await ask(await openWorkplace(options.backend));
  else await withDatabase(options.backend, (connection, workplace) => ask(workplace, { connection }));
}

/** `explain posts examples/board`: what stands where the operation would is the back end. */
export function operationOrBackend(
  operation: string | undefined,
  backend: string | undefined,
): { readonly operation: string | undefined; readonly backend: string | undefined } {
  const isBackend =
    operation !== undefined &&
    backend === undefined &&
    !operations.some((each) => each === operation) &&
    (existsSync(operation) || /[./\\]/.test(operation));
  return isBackend ? { operation: undefined, backend: operation } : { operation, backend };
}

function usual(table: Table, isOfRow: boolean): readonly TableOperation[] {
  return operations
    .filter((operation) => operation !== "history" || table.history !== undefined)
    .filter((operation) => !isOfRow || operation !== "create");
}

async function explainOperation(
  { workplace, table, actor, row }: Asked,
  operation: TableOperation,
  id: string | undefined,
): Promise<Explained> {
  const { rules } = workplace.backend;
  const ask = async (field?: Column): Promise<Explanation> => {
    const explanation = await explainAccess({ rules }, { table, operation, field }, { actor, row });
    if (explanation === undefined) throw new CommandError(`There is no row ${id} in '${table.name}'.`);
    return explanation;
  };
  const own = await ask();
  const narrower = [...(rules.get(table.name)?.fields ?? [])].filter(
    ([, rule]) => operation !== "delete" && rule[operation === "history" ? "read" : operation] !== undefined,
  );
  const fields: { field: Column; explanation: Explanation }[] = [];
  for (const [name] of narrower) {
    const field = table.columns.get(name);
    if (field !== undefined) fields.push({ field, explanation: await ask(field) });
  }
  return { ...own, operation, fields };
}

interface Told {
  readonly table: Table;
  readonly model: Model;
  readonly options: ExplainOptions;
}

function describe({ operation, rules, verdict, fields }: Explained, { table, model, options }: Told, terminal: Terminal): void {
  const own = rules.at(-1);
  for (const rule of rules) if (rule === own || !isOpen(rule)) describeRule(rule, model, terminal);
  for (const { explanation } of fields) {
    const rule = explanation.rules.at(-1);
    if (rule !== undefined) describeRule(rule, model, terminal);
  }
  const who = options.as === undefined ? "Whoever is not signed in" : `${options.as}${asRoles(options.role)}`;
  const row = options.row === undefined ? `a row of '${table.name}'` : `the row ${options.row} of '${table.name}'`;
  const what = `${operation === "history" ? "read the past of" : operation} ${row}`;
  terminal.print(`\n${sentence(verdict, who, what)}${reason(rules, verdict)}`);
  const hidden = fields.filter(({ explanation }) => explanation.verdict !== "true" && verdict === "true");
  for (const { field, explanation } of hidden)
    terminal.print(
      `  ${sentence(explanation.verdict, "They", `${operation === "history" ? "read" : operation} '${field.name}'`)}${reason(explanation.rules, explanation.verdict)}`,
    );
  terminal.print();
}

function asRoles(roles: readonly string[] | undefined): string {
  return roles === undefined ? "" : ` as ${roles.join(", ")}`;
}

function sentence(verdict: Verdict, who: string, what: string): string {
  if (verdict === "depends on the row") return `Whether ${who === "They" ? "they" : who} may ${what} depends on the row`;
  return `${who} ${verdict === "true" ? "may" : "may not"} ${what}`;
}

/** The clauses that decided, with their values. */
function reason(rules: readonly RuleVerdict[], verdict: Verdict): string {
  const missing = rules.find(({ clause }) => clause === undefined);
  if (missing !== undefined) return `: there is no rule '${missing.name}'.`;
  const deciding = rules
    .filter(({ clause }) => clause?.verdict === verdict)
    .flatMap(({ clause }) => (clause === undefined ? [] : decidingClauses(clause)))
    .filter(({ text }) => text !== "everyone");
  if (verdict === "depends on the row" || deciding.length === 0) return ".";
  return `: ${deciding.map((clause) => `${printable(clause.text)} is ${clause.verdict}${values(clause)}`).join(", and ")}.`;
}

function values({ facts }: ClauseVerdict): string {
  return facts.length === 0 ? "" : ` (${facts.map(({ text, value }) => `${text}: ${printable(value)}`).join(", ")})`;
}

function describeRule({ name, expression, clause }: RuleVerdict, model: Model, terminal: Terminal): void {
  terminal.print(terminal.style("bold", name));
  if (expression === undefined || clause === undefined) {
    terminal.print("  There is no rule: nobody can do this.");
    return;
  }
  const { text, parameters } = compileRule(expression, model);
  terminal.print(`  rule  ${printable(clause.text)}`);
  terminal.print(`  SQL   ${text}`);
  for (const [index, parameter] of parameters.entries()) terminal.print(`        ?${index + 1} is ${printable(parameter)}`);
  describeClause(clause, 1, terminal);
}

const colours = { true: "green", false: "red", unknown: "yellow", "depends on the row": "dim" } as const;

function describeClause(clause: ClauseVerdict, depth: number, terminal: Terminal): void {
  const label = clause.type === "leaf" ? printable(clause.text) : { and: "all of", or: "any of", not: "not" }[clause.type];
  const verdict = terminal.style(colours[clause.verdict], clause.verdict);
  terminal.print(`${"  ".repeat(depth)}${verdict}: ${label}${terminal.style("dim", values(clause))}`);
  for (const part of clause.parts) describeClause(part, depth + 1, terminal);
}

function asJson(explained: readonly Explained[], table: Table, model: Model): unknown {
  const rule = ({ name, expression, clause }: RuleVerdict): unknown =>
    expression === undefined ? { name } : { name, rule: clause?.text, ...compileRule(expression, model), clause };
  return {
    table: table.name,
    operations: explained.map(({ operation, verdict, rules, fields }) => ({
      operation,
      verdict,
      rules: rules.map(rule),
      fields: fields.map(({ field, explanation }) => ({
        field: field.name,
        verdict: explanation.verdict,
        rules: explanation.rules.slice(-1).map(rule),
      })),
    })),
  };
}

function readFacts(model: Model, { as: user, role, claim }: ExplainOptions): ActorFacts {
  if (user === undefined) {
    if (role !== undefined || claim !== undefined) throw new UsageError("Roles and claims are somebody's: say whose with --as.");
    return nobodyFacts;
  }
  return actorFacts(
    readActor(model, { user, ...(role === undefined ? {} : { role }), ...(claim === undefined ? {} : { claim }) }),
    model,
  );
}
