import assert from "node:assert/strict";
import { type Clock, createIdSource, silentLogger, systemClock } from "#base";
import { type Actor, AppError, type ErrorName } from "#contract";
import { openSqlite, prepareDatabase, type SqliteDatabase, sqliteDialect } from "#database";
import { type Backend, defineBackend } from "../definition.ts";
import { noRateLimits } from "../rate-limits/rate-limits.ts";
import { createRecordStore, type RecordStore } from "../records/record-store.ts";
import { everyone, nobody } from "../rules/conditions.ts";
import { defineSchema } from "../schema/define-schema.ts";
import { accountEmail, text } from "../schema/fields.ts";
import { type Auth, openAuth, type OpenAuthOptions } from "./auth.ts";
import type { AuthLetter } from "./auth-mails.ts";
import type { AuthRequest } from "./auth-parts.ts";
import { isPending, type SignInOutcome } from "./factors/pending-sign-in.ts";
import { createPasswords } from "./passwords/passwords.ts";
import type { GivenSession } from "./sessions.ts";

const schema = defineSchema(
  { users: { name: text().min(1).max(80), email: accountEmail(), nick: text().optional().unique() } },
  { roles: ["editor"] },
);

/** A back end of which people are all that there is. */
const peopleBackend: Backend = defineBackend(schema, {
  rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }) },
  auth: true,
});

/** So that tests are fast. */
const cheap = { memory: 64, passes: 1, parallelism: 1 };

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const times = { idle: 7 * DAY, lifetime: 30 * DAY };

/** A clock of the test's own. */
export interface OwnClock extends Clock {
  advance(milliseconds: number): void;
}

function ownClock(): OwnClock {
  let moment = Date.UTC(2026, 10, 26);
  return {
    now: () => moment,
    monotonic: () => systemClock.monotonic(),
    advance: (milliseconds) => void (moment += milliseconds),
  };
}

/** Sign-in on a database of its own, with the letters that it sent. */
export interface People {
  readonly auth: Auth;
  readonly database: SqliteDatabase;
  readonly records: RecordStore;
  readonly clock: OwnClock;
  readonly letters: AuthLetter[];
  /** The last letter to the address, which must be of that type; it is taken away. */
  letterTo(address: string, type: AuthLetter["message"]["type"]): AuthLetter;
  /** The token in the link of that letter. */
  tokenTo(address: string, type: AuthLetter["message"]["type"]): string;
  /** Somebody with an account and a session. */
  join(
    email: string,
    more?: { readonly password?: string; readonly name?: string },
  ): Promise<GivenSession & { readonly me: Actor }>;
  count(table: string): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const request: AuthRequest = { client: { address: "192.0.2.1", agent: "a test" } };
export const goodPassword = "correct horse battery";

export async function openPeople(
  backend: Backend = peopleBackend,
  {
    rates = noRateLimits,
    factorKeys = new Uint8Array(32),
    site = () => "https://people.example",
    ...more
  }: Partial<Pick<OpenAuthOptions, "rates" | "factorKeys" | "site" | "verifier" | "dbs" | "clients" | "logger">> = {},
): Promise<People> {
  const { model, rules, auth: definition } = backend;
  assert.ok(definition !== undefined);
  const clock = ownClock();
  const database = await openSqlite({ path: ":memory:", clock });
  await prepareDatabase(database, model, clock);
  const ids = createIdSource(clock);
  const records = createRecordStore({ database, dialect: sqliteDialect, model, rules, clock, ids });
  const letters: AuthLetter[] = [];
  const auth = await openAuth({
    definition,
    database,
    records,
    times,
    send: async (_connection, letter) => void letters.push(letter),
    rates,
    site,
    codeKey: new Uint8Array(32),
    factorKeys,
    providerKeys: new Uint8Array(32),
    clock,
    ids,
    logger: silentLogger,
    passwords: createPasswords({ cost: cheap }),
    ...more,
  });
  const letterTo: People["letterTo"] = (address, type) => {
    const at = letters.findLastIndex(({ to }) => to === address);
    const [letter] = at === -1 ? [] : letters.splice(at, 1);
    assert.equal(letter?.message.type, type, `no letter to ${address}`);
    return letter;
  };
  const tokenTo: People["tokenTo"] = (address, type) => {
    const { message } = letterTo(address, type);
    assert.ok("link" in message);
    const token = new URL(message.link).searchParams.get("token");
    assert.ok(token !== null, message.link);
    return token;
  };
  return {
    auth,
    database,
    records,
    clock,
    letters,
    letterTo,
    tokenTo,
    async join(email, { password = goodPassword, name = "Somebody" } = {}) {
      const { continuation } = await auth.signUp.signUp({ email, password, user: { name } }, request);
      const session = await auth.signUp.confirm({ token: tokenTo(email, "confirmSignUp"), continuation }, request);
      return { ...session, me: await auth.sessions.check(session.token) };
    },
    async count(table) {
      const [count] = (await database.get(`SELECT count(*) FROM ${table}`, [])) ?? [];
      return Number(count);
    },
    async [Symbol.asyncDispose]() {
      await auth.close();
      await database.close();
    },
  };
}

/** The session that a way to sign in gave: it asked for no second factor. */
export function begun(outcome: SignInOutcome): GivenSession {
  assert.ok(!isPending(outcome), "It asked for a second factor.");
  return outcome;
}

export const refusedAs =
  (error: ErrorName, message?: RegExp) =>
  (thrown: unknown): boolean => {
    assert.ok(thrown instanceof AppError, String(thrown));
    assert.equal(thrown.error, error, thrown.message);
    if (message !== undefined) assert.match(`${thrown.message} ${thrown.details} ${thrown.hint}`, message);
    return true;
  };
