import { type Clock, silentLogger } from "#base";
import { type Actor, toAppError } from "#contract";
import { openSqlite, prepareDatabase, type SqliteDatabase, sqliteDialect } from "#database";
import { type Backend, createIdempotency, createRecordStore, createUnits, type Functions, type RecordStore } from "#application";
import { createRest, errorAnswer, unknownClient } from "#server";
import { projectsBackend, projectsSecretKeys } from "../support/projects-backend.ts";
import { countingIds, fillProjects, type ProjectsData } from "../support/projects-data.ts";
import type { RestCall } from "./request-arbitraries.ts";

/** The projects back end, or one with the same tables, on a database of its own, asked through its REST routes. */
export interface World {
  readonly database: SqliteDatabase;
  readonly records: RecordStore;
  readonly data: ProjectsData;
  ask(call: RestCall, caller: Actor | null): Promise<WorldAnswer>;
  close(): Promise<void>;
}

export interface WorldAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const stillClock: Clock = { now: () => Date.UTC(2026, 10, 25), monotonic: () => 0 };

export async function createWorld({ model, rules }: Pick<Backend, "model" | "rules"> = projectsBackend): Promise<World> {
  const database = await openSqlite({ path: ":memory:", logger: silentLogger, clock: stillClock });
  await prepareDatabase(database, model);
  const records = createRecordStore({
    database,
    dialect: sqliteDialect,
    model,
    rules,
    clock: stillClock,
    ids: countingIds(),
    secretKeys: projectsSecretKeys,
  });
  const data = await fillProjects(records);
  const functions: Functions = { find: () => undefined, names: () => [], call: async () => undefined };
  const idempotency = createIdempotency({ clock: stillClock });
  const rest = createRest({ records, functions, units: createUnits(records, functions), idempotency });
  return {
    database,
    records,
    data,
    async ask(call, caller) {
      const headers = new Map(Object.entries(call.headers));
      const answer = await rest(
        {
          method: call.method,
          segments: call.segments,
          search: call.search,
          header: (name) => headers.get(name),
          body: async () => new TextEncoder().encode(call.body ?? ""),
          async *stream() {
            yield await this.body();
          },
          signal: AbortSignal.timeout(10_000),
          requestId: "test",
          tell() {},
          remoteAddress: undefined,
          client: unknownClient,
        },
        caller,
      ).catch((thrown: unknown) => errorAnswer(toAppError(thrown)));
      const { body } = answer;
      return {
        status: answer.status,
        headers: answer.headers,
        body:
          typeof body === "string" ? body : body === undefined ? "" : await new Response(body as Uint8Array<ArrayBuffer>).text(),
      };
    },
    close: () => database.close(),
  };
}

/** Changes all that `caller` may not see, and nothing that they may: by SQL, so that no version moves. */
export async function changeHidden(world: World, caller: "nobody" | "bob"): Promise<void> {
  const { ids } = world.data;
  const others = caller === "bob" ? `id <> '${ids["bob"]}'` : "1";
  const hidden = caller === "bob" ? "title = 'Secret garden'" : "open = 0";
  await world.database.transaction(async (connection) => {
    const run = (sql: string): Promise<number> => connection.run(sql, []);
    await run(
      `UPDATE users SET email = 'other-' || substr(id, -3) || '@elsewhere.net', phone = '+1 ' || substr(id, -3) WHERE ${others}`,
    );
    await run("UPDATE users SET password = 'changed'");
    await run("UPDATE projects SET budget = budget * 7 + 13, notes = 'Nothing like before: ' || title");
    await run(
      `UPDATE tasks SET title = 'Other ' || title, points = 99, data = '{"tags":["x"]}', assignee = NULL WHERE project IN (SELECT id FROM projects WHERE ${hidden})`,
    );
    await run(`UPDATE projects SET title = 'Something else', status = 'done', owner = '${ids["bob"]}' WHERE ${hidden}`);
    await run("UPDATE invoices SET amount = 1, paid = 1");
    await run(
      `INSERT INTO invoices (id, team, amount, paid, created, updated, version) SELECT '10000000-0000-7000-8000-00000000000' || value, '${ids["blue"]}', 5, 0, created, updated, 1 FROM json_each('[1,2,3]'), (SELECT created, updated FROM invoices LIMIT 1)`,
    );
    await run(
      "INSERT INTO messages (id, \"from\", body, created, updated, version) SELECT '20000000-0000-7000-8000-000000000001', 'a@b.co', 'x', created, updated, 1 FROM invoices LIMIT 1",
    );
    // The size of a team is told by a computed field, and stays.
    await run(`UPDATE memberships SET user = '${ids["editor"]}', since = '1999-01-01' WHERE user = '${ids["eve"]}'`);
    await run(
      `INSERT INTO projects (id, team, owner, title, open, status, created, updated, version) SELECT '30000000-0000-7000-8000-000000000001', team, owner, 'One more', 0, 'done', created, updated, 1 FROM projects WHERE title = 'Something else' LIMIT 1`,
    );
    await run(
      `INSERT INTO tasks (id, project, title, points, created, updated, version) SELECT '40000000-0000-7000-8000-000000000001', id, 'One more', 3, created, updated, 1 FROM projects WHERE title = 'One more'`,
    );
  });
}
