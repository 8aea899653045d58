import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Logger, systemClock } from "#base";
import { AppError, type ErrorName } from "#contract";
import { openSqlite, prepareDatabase, sqliteDialect } from "#database";
import {
  projectsBackend,
  type projectsSchema,
  projectsSecretKeys as secretKeys,
} from "../../../tests/support/projects-backend.ts";
import { countingIds, fillProjects, type ProjectsData } from "../../../tests/support/projects-data.ts";
import type { Caller } from "../access/caller.ts";
import { createRecordStore, type RecordStore } from "../records/record-store.ts";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import { buildFunctions } from "./build-functions.ts";
import type { Db } from "./db.ts";
import { type FunctionBuilders, functionsOf } from "./define-function.ts";
import { createDbOpener } from "./open-db.ts";
import { type CallOptions, createFunctions } from "./run-functions.ts";

export type ProjectsDb = Db<typeof projectsSchema>;

export interface FunctionWorld {
  readonly data: ProjectsData;
  readonly records: RecordStore;
  /** As routes have it. */
  readonly dbOf: (caller: Caller) => ProjectsDb;
  /** Everything that was logged as an error. */
  readonly logged: readonly object[];
  /** Defines one function on the schema of the projects and calls it. */
  readonly call: (
    define: (builders: FunctionBuilders<typeof projectsSchema>) => object,
    given?: { readonly input?: unknown; readonly caller?: Caller; readonly timeLimit?: number } & Partial<CallOptions>,
  ) => Promise<unknown>;
}

/** The projects back end with its data, in a database of its own. */
export async function openFunctionWorld(t: Pick<TestContext, "after">): Promise<FunctionWorld> {
  const { model, rules, schema } = projectsBackend;
  const clock = systemClock;
  const database = await openSqlite({ path: ":memory:", clock });
  t.after(() => database.close());
  await prepareDatabase(database, model);
  const ids = countingIds();
  const records = createRecordStore({ database, dialect: sqliteDialect, model, rules, clock, ids, secretKeys });
  const data = await fillProjects(records);
  const dbs = createDbOpener({ model, clock, ids, secretKeys });
  const logged: object[] = [];
  const ignore = (): void => {};
  const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: (fields) => void logged.push(fields) };
  return {
    data,
    records,
    logged,
    dbOf: (caller) => dbs.open({ records, connection: database, writes: false }, caller) as unknown as ProjectsDb,
    call(define, { input, caller = null, timeLimit = 5000, signal = new AbortController().signal, ...options } = {}) {
      const problems: DefinitionProblem[] = [];
      const functions = buildFunctions(model, { tested: define(functionsOf(schema)) }, problems);
      assert.deepEqual(problems, []);
      const ready = createFunctions({ functions, model, records, clock, logger, dbs, timeLimit });
      return ready.call("tested", input, caller, { signal, ...options });
    },
  };
}

/** For `assert.rejects`: an expected failure of that name, whose words match. */
export function failure(error: ErrorName, words: RegExp = /(?:)/): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof AppError, String(thrown));
    assert.equal(thrown.error, error, thrown.message);
    const cause = thrown.cause instanceof Error ? thrown.cause : undefined;
    const told = [thrown.message, thrown.details, cause?.message, cause?.cause instanceof Error ? cause.cause.message : ""];
    assert.match(told.join("\n"), words);
    return true;
  };
}
