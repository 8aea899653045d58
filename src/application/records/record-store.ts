import { randomBytes } from "node:crypto";
import type { Clock, IdSource } from "#base";
import {
  type Connection,
  type Dialect,
  explainStatement,
  expressions,
  type Model,
  type SnapshotOptions,
  type StreamingConnection,
  type Table,
  type TransactionalDatabase,
  type TransactionOptions,
} from "#database";
import { authorOf } from "../access/author.ts";
import type { Keys } from "../access/keys.ts";
import type { Caller } from "../access/caller.ts";
import type { RuleBook } from "../rules/rules.ts";
import { secretsOfModel } from "../secrets/model-secrets.ts";
import type { AccessView } from "./access-view.ts";
import { defaultRecordLimits, type RecordLimits } from "./limits.ts";
import { createPlanCache } from "./plan-cache.ts";
import { read } from "./read.ts";
import type { Records } from "./records.ts";
import type { InsertQuery, MutationQuery, MutationResult, ReadQuery, RowSource } from "./query.ts";
import { openSession, type RecordServices, type Session } from "./session.ts";
import { createSeal } from "./seal.ts";
import { shapeOf } from "./shape.ts";
import { type RowStream, type StreamOptions, type StreamQuery, streamRows } from "./stream.ts";
import { createViews } from "./views.ts";
import { isRowSource } from "./write/given-rows.ts";
import { checkBulk, write } from "./write/write.ts";

export interface RecordStoreOptions {
  readonly database: TransactionalDatabase;
  readonly dialect: Dialect;
  readonly model: Model;
  readonly rules: RuleBook;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly limits?: Partial<RecordLimits>;
  /** Keys that close cursors: the same on every node and after every start, or cursors end with the process (the default). */
  readonly cursorKey?: Keys;
  /** Keys that encrypt secret fields. A model that has some is refused without. */
  readonly secretKeys?: Keys;
}

export interface RecordStore extends Records {
  /**
   * Several reads and writes in one transaction: they see each other, and all become durable or none does. `connection` is for
   * SQL of one's own; it knows no rules.
   */
  transaction<T>(work: (records: Records, connection: Connection) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Reads and writes within a transaction that is open already, whose connection is given. */
  within(connection: Connection): Records;
  /** Several reads of one and the same committed state. `connection` is for SQL of one's own, which must only read. */
  snapshot<T>(
    work: (records: Pick<Records, "read">, connection: Connection) => Promise<T>,
    options?: SnapshotOptions,
  ): Promise<T>;
  /** All rows that a query finds, without a server's limits, by a connection that only reads: see `streamRows`. */
  stream(connection: StreamingConnection, query: StreamQuery, caller: Caller, options?: StreamOptions): RowStream;
  /** The tables of which this caller may read or write anything. */
  tablesOf(caller: Caller): readonly string[];
}

/** The one road to the data, on one database. */
export function createRecordStore(options: RecordStoreOptions): RecordStore {
  const { database, model, rules, dialect, clock, ids } = options;
  const services: RecordServices = {
    model,
    dialect,
    clock,
    ids,
    limits: { ...defaultRecordLimits, ...options.limits },
    cache: createPlanCache(),
    secrets: secretsOfModel(model, options.secretKeys),
    seal: createSeal(options.cursorKey ?? randomBytes(32)),
    explain: explainStatement,
    viewOf: createViews(model, rules),
  };
  const readOn =
    (connection: Connection): Records["read"] =>
    async (query, caller) =>
      read(openSession(services, connection, caller), query);
  const readAlone = readOn(database);
  return {
    // Rows and their number have to be of one moment, and are two statements; a row's versions are three.
    read: (query, caller) =>
      query.count === undefined && query.versionsOf === undefined
        ? readAlone(query, caller)
        : database.snapshot((connection) => readOn(connection)(query, caller), { name: countName(query), repeatable: true }),
    tablesOf(caller) {
      const { view } = openSession(services, database, caller);
      return [...model.tables.values()].filter((table) => isWithinReach(view, table)).map(({ name }) => name);
    },
    stream: (connection, query, caller, streaming = {}) =>
      streamRows(openSession(services, connection, caller), connection, query, streaming),
    within: (connection) => ({ read: readOn(connection), write: nestedWrite(services, connection, createTurn()) }),
    snapshot: (work, options) => database.snapshot((connection) => work({ read: readOn(connection) }, connection), options),
    write: async (given, caller, { signal, requestId } = {}) => {
      const query = isBulk(given) ? await checkBulk(openSession(services, database, caller), given) : given;
      return database.transaction((connection) => write(openSession(services, connection, caller), query), {
        rollback: query.dryRun === true,
        brief: isBrief(query),
        ...(isBulk(query) ? { timeLimit: services.limits.maxBulkTime } : {}),
        author: authorOf(caller, requestId),
        ...(signal === undefined ? {} : { signal }),
      });
    },
    transaction: (work, options) =>
      database.transaction((connection) => {
        const inTurn = createTurn();
        return work(
          { read: readOn(connection), write: nestedWrite(services, connection, inTurn) },
          takingTurns(connection, inTurn),
        );
      }, options),
  };
}

function isWithinReach(view: AccessView, table: Table): boolean {
  if (view.readableTable(table.name) !== undefined) return true;
  return !expressions.isConstantTruth(view.writeRule(table, "create").expression, false);
}

/** Rows that an insert may have and still share a commit with others, which wait for it. */
const MAX_BRIEF_ROWS = 20;

function isBulk(query: MutationQuery): query is InsertQuery & { readonly rows: RowSource } {
  return query.type === "insert" && isRowSource(query.rows);
}

function isBrief(query: MutationQuery): boolean {
  if (query.type !== "insert") return query.type !== "purge";
  return !isRowSource(query.rows) && query.rows.length <= MAX_BRIEF_ROWS;
}

function countName(query: ReadQuery): string {
  return `${query.versionsOf === undefined ? "count" : "versions"} ${shapeOf(query)}`;
}

/** A write among others of one transaction: whole or undone, also where its error is caught and the transaction goes on. */
function nestedWrite(services: RecordServices, connection: Connection, inTurn: Turn): Records["write"] {
  return (query, caller) => inTurn(() => savepointWrite(openSession(services, connection, caller), query));
}

type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** One after another: savepoints nest, so that of two writes under way at once one could undo the other's work. */
function createTurn(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

/** For SQL of one's own beside nested writes: none of it falls between a write's savepoint and its end. */
function takingTurns(connection: Connection, inTurn: Turn): Connection {
  return {
    all: (sql, parameters) => inTurn(() => connection.all(sql, parameters)),
    get: (sql, parameters) => inTurn(() => connection.get(sql, parameters)),
    run: (sql, parameters) => inTurn(() => connection.run(sql, parameters)),
    execute: (sql, parameters) => inTurn(() => connection.execute(sql, parameters)),
  };
}

async function savepointWrite(session: Session, query: MutationQuery): Promise<MutationResult> {
  const { connection } = session;
  await connection.run("SAVEPOINT record_write", []);
  let keep = false;
  try {
    const result = await write(session, query);
    keep = query.dryRun !== true;
    return result;
  } finally {
    if (!keep) await connection.run("ROLLBACK TO record_write", []);
    await connection.run("RELEASE record_write", []);
  }
}
