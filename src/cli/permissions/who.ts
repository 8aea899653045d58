import { type KnownRow, peopleOf, type TableOperation, type WayIn, whoMay } from "#application";
import type { Stored } from "#contract";
import { type ActorFacts, actorFacts, expressions, type Model, printExpression, provenThing } from "#database";
import { findField, findTable, readKey } from "./access-question.ts";
import { readRolesAndClaims } from "../backend/actor-options.ts";
import { CommandError } from "../command-line/command-error.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import { count, type Terminal } from "../command-line/terminal.ts";

export interface WhoCommandOptions {
  readonly backend: string;
  readonly operation?: TableOperation;
  readonly field?: string;
  readonly role?: readonly string[];
  readonly claim?: readonly string[];
  readonly limit?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** People that are read at once. */
const pageSize = 1000;

/** Says who may do something with one row: first how many, then who they are. Beside a running server too. */
export async function who(tableName: string, id: string, options: WhoCommandOptions, terminal: Terminal): Promise<void> {
  const limit = options.all === true ? Number.POSITIVE_INFINITY : (options.limit ?? 20);
  await withDatabase(options.backend, async (connection, { backend }) => {
    const { model } = backend;
    const table = findTable(backend, tableName);
    const operation = options.operation ?? "read";
    const field = options.field === undefined ? undefined : findField(table, options.field);
    const known = { connection, model, table, key: readKey(table, id), now: new Date().toISOString() };
    const given = readGiven(model, options);
    const answer = await whoMay(backend, { table, operation, field }, known, { given });
    if (answer === undefined) throw new CommandError(`There is no row ${id} in '${table.name}'.`);
    const { anonymous, ways, undecided } = answer;
    const counted = await Promise.all(
      ways.map(async (way) => ({ way, people: isEverybody(way) ? undefined : await peopleIn(way, known) })),
    );
    if (options.json === true) {
      const shown = counted.map(({ way, people }) => ({
        conditions: way.conditions.map(({ expression, truth }) => ({
          condition: printExpression(expression),
          truth: truthOf(truth),
        })),
        ...(people === undefined ? { everybody: true } : { everybody: false, count: people.count, sql: people.sql }),
      }));
      terminal.print(
        JSON.stringify({
          table: table.name,
          row: id,
          operation,
          ...(field === undefined ? {} : { field: field.name }),
          anonymous,
          ways: shown,
          undecided,
        }),
      );
      for (const [index, { people }] of counted.entries())
        for await (const { id: person, label } of people?.list(limit) ?? [])
          terminal.print(JSON.stringify({ way: index, id: person, label }));
      return;
    }
    const what = field === undefined ? `${operation} the row ${id}` : `${operation} '${field.name}' of the row ${id}`;
    terminal.print(
      terminal.style(
        "bold",
        `Who may ${what} of '${table.name}'${given === undefined ? "" : ", having no other roles and claims than those given"}:`,
      ),
    );
    const filled = counted.filter(({ people }) => people === undefined || people.count > 0);
    const isForAll = anonymous && filled.some(({ way }) => way.conditions.length === 0 && isEverybody(way));
    if (isForAll) terminal.print("  everybody, signed in or not");
    else if (anonymous) terminal.print("  whoever is not signed in");
    for (const { way, people } of isForAll ? [] : filled) {
      if (people === undefined) {
        terminal.print(`  everybody who is signed in${conditionsText(way, " and ")}`);
        continue;
      }
      terminal.print(`  ${people.count === 1 ? "1 person" : `${people.count} people`}${conditionsText(way, " ")}:`);
      for await (const { id: person, label } of people.list(limit))
        terminal.print(`    ${printable(String(person))}${label === null ? "" : `  ${printable(label)}`}`);
      if (people.count > limit)
        terminal.print(
          terminal.style("dim", `    and ${count(people.count - limit, "more")}: --all lists them`.replace("mores", "more")),
        );
    }
    if (!anonymous && filled.length === 0) terminal.print("  nobody");
    if (undecided.length > 0)
      terminal.report(`More depends on ${undecided.join(" and ")}, and this is for who has none of it: ask again with --claim.`);
  });
}

interface Listed {
  readonly count: number;
  readonly sql: string;
  list(limit: number): AsyncGenerator<{ readonly id: string | number; readonly label: string | null }>;
}

async function peopleIn(way: WayIn, known: KnownRow): Promise<Listed> {
  const people = peopleOf(way.people, known);
  if (people === undefined)
    throw new CommandError(
      `The definition has no table 'users' to look for people in. Let in is whoever meets ${printExpression(way.people)}.`,
    );
  return {
    count: await people.count(),
    sql: people.sql,
    async *list(limit) {
      let after: Stored | undefined;
      for (let left = limit; left > 0; ) {
        const size = Math.min(left, pageSize);
        const page = await people.page(after, size);
        yield* page;
        if (page.length < size) return;
        left -= page.length;
        after = page.at(-1)?.place;
      }
    },
  };
}

function isEverybody({ people }: WayIn): boolean {
  return expressions.isConstantTruth(people, true);
}

function truthOf(truth: 1 | 0 | null): string {
  return truth === null ? "unknown" : truth === 1 ? "true" : "false";
}

function conditionsText({ conditions }: WayIn, before: string): string {
  if (conditions.length === 0) return "";
  const parts = conditions.map(({ expression, truth }) => {
    if (expression.type === "role" && expression.role !== undefined) return describeRole(expression.role, truth === 1);
    return `for whom ${printable(printExpression(expression))} is ${truthOf(truth)}`;
  });
  const text = parts.join(" and ");
  return `${before}${before === " " && !/^(?:for whom|whose) /.test(text) ? "who " : ""}${text}`;
}

function describeRole(role: string, isThere: boolean): string {
  const thing = provenThing(role);
  if (thing !== undefined) return `whose session ${isThere ? "shows" : "does not show"} '${thing}'`;
  return isThere ? `has the role ${role}` : `has not the role ${role}`;
}

function readGiven(model: Model, { role, claim }: WhoCommandOptions): Pick<ActorFacts, "roles" | "claims"> | undefined {
  if (role === undefined && claim === undefined) return undefined;
  return actorFacts({ id: "", ...readRolesAndClaims(model, { role, claim }) }, model);
}
