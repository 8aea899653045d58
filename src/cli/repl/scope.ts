import { CompiledQuery } from "kysely";
import type { Backend } from "#application";
import type { Actor } from "#contract";
import { readActor } from "../backend/actor-options.ts";
import { CommandError } from "../command-line/command-error.ts";
import type { Ground, Somebody } from "./ground.ts";

/** What is there, in words, by its name: `.help` shows it, and nothing else is put into scope. */
export const words = {
  db: 'the data: db.books.list({ where: { title: { contains: "sea" } } })',
  api: "the typed client, as a page has it: api.books.list()",
  fn: "the functions: fn.compare({ ids })",
  as: 'somebody: as("their id", ["editor"]) has db, api and fn of theirs; as(null) is nobody',
  sql: "a look by SQL, which only reads: sql`SELECT * FROM books WHERE year > ${1999}`",
  schema: "the schema",
  backend: "the definition",
} as const;

export type Scope = { readonly [Name in keyof typeof words]: unknown };

/** What somebody has beside their id: roles, or roles and claims. */
type Powers =
  | string
  | readonly string[]
  | { readonly roles?: readonly string[]; readonly claims?: Readonly<Record<string, unknown>> };

/** `me` is who is at the prompt; undefined is the system, whose requests are nobody's. */
export function createScope(ground: Ground, backend: Backend, me: Actor | undefined): Scope {
  const mine: Somebody = ground.somebody(me ?? null);
  return {
    db: me === undefined ? ground.system : mine.db,
    api: mine.api,
    fn: mine.fn,
    as: (who: unknown, powers?: Powers) => ground.somebody(whoever(backend, who, powers)),
    sql: (text: TemplateStringsArray | string, ...values: readonly unknown[]) => ask(ground, text, values),
    schema: backend.schema,
    backend,
  };
}

function whoever({ model }: Backend, who: unknown, powers: Powers = []): Actor | null {
  if (who === null) return null;
  const id = typeof who === "object" ? (who as { readonly id?: unknown }).id : who;
  if (typeof id !== "string" && typeof id !== "number")
    throw new CommandError('as() takes the id of a user, a row of theirs, or null: as("their id", ["editor"]).');
  const given = typeof powers === "string" ? { roles: [powers] } : Array.isArray(powers) ? { roles: powers } : powers;
  const { roles = [], claims = {} } = given as Exclude<Powers, string | readonly string[]>;
  const claim = Object.entries(claims).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return readActor(model, { user: String(id), role: roles, claim });
}

/** Values of a template become parameters, and so do those after a text. */
async function ask(ground: Ground, text: TemplateStringsArray | string, values: readonly unknown[]): Promise<readonly unknown[]> {
  const statement = typeof text === "string" ? text : text.join("?");
  try {
    const { rows } = await ground.system.sql.executeQuery(CompiledQuery.raw(statement, [...values]));
    return rows;
  } catch (error) {
    const { message } = error as Error;
    if (/only read|read-?only/i.test(message))
      throw new CommandError(
        "sql only reads. What is written goes through the calls of a table, such as db.books.update(id, { year: 2000 }).",
      );
    throw new CommandError(`SQLite says: ${message}`, { cause: error });
  }
}
