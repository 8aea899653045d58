import type { Clock, Logger } from "#base";
import type { Actor, KeyScope } from "#contract";
import type { Database, ResultRow } from "#database";
import { expiredToken, invalidToken } from "../../access/token-format.ts";
import type { AuthDefinition } from "../build-auth.ts";
import { rememberUntilCommit } from "../until-commit.ts";
import { keyHash } from "./key-format.ts";
import { keyStatement, touchKeys } from "./key-table.ts";

export interface KeyChecksOptions {
  readonly definition: AuthDefinition;
  readonly database: Database;
  /** One whose time never goes back. */
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who asks with a key. */
export interface KeyChecks {
  /** Whose key that is, or a promise of it where the database has to be asked: one statement. Throws `invalidToken`, `expiredToken`: 401. */
  check(key: string): Actor | Promise<Actor>;
  /** Writes down what is not written down yet, and remembers nothing more. */
  close(): Promise<void>;
}

/** Milliseconds, as of sessions: when a key was last used is known to the minute, and written down for many at once. */
const TOUCH_AFTER = 60_000;
const TOUCH_DELAY = 5_000;
const MOST_REMEMBERED = 10_000;

interface Checked {
  readonly actor: Actor;
  readonly id: string;
  readonly expires: number;
  used: number;
}

export function createKeyChecks({ definition, database, clock, logger }: KeyChecksOptions): KeyChecks {
  const { users, keys, secondFactor } = definition;
  const statement = keyStatement(users);
  // The same object for as long as nothing about it changes: what is worked out of an actor is remembered by it.
  const actors = new Map<string, { readonly facts: string; readonly actor: Actor }>();
  const remembered = rememberUntilCommit<Checked>(database);
  let touched = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  /** A role that needs a second factor is worn by no key: whoever finds it has shown none (unless the definition says otherwise). */
  function wornRoles(roles: readonly string[], factor: boolean): readonly string[] {
    const mayWear = keys?.factorRoles === true && factor;
    return mayWear ? roles : roles.filter((role) => !secondFactor.requiredFor.includes(role));
  }

  function actorOf([id, user, name, scope, factor, , , roles, verified]: ResultRow): Actor {
    const key = String(id);
    const facts = JSON.stringify([user, name, scope, factor, roles, verified]);
    const known = actors.get(key);
    if (known?.facts === facts) return known.actor;
    const actor: Actor = Object.freeze({
      id: String(user),
      roles: Object.freeze(wornRoles(JSON.parse(String(roles)) as string[], factor === 1)),
      claims: noClaims,
      key: Object.freeze({ id: key, name: String(name), verified: verified === 1, scope: readScope(String(scope)) }),
    });
    if (actors.size >= MOST_REMEMBERED) {
      const [oldest] = actors.keys();
      if (oldest !== undefined) actors.delete(oldest);
    }
    actors.set(key, { facts, actor });
    return actor;
  }

  function noteUse(known: Checked, now: number): Actor {
    if (now - known.used >= TOUCH_AFTER) {
      known.used = now;
      touched.set(known.id, now);
      timer ??= setTimeout(() => void flush(), TOUCH_DELAY).unref();
    }
    return known.actor;
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const moments = touched;
    touched = new Map();
    const before = flushing;
    flushing = (async () => {
      await before;
      if (moments.size === 0) return;
      try {
        await database.transaction((connection) => touchKeys(connection, moments));
      } catch (error) {
        logger.warn({ err: error }, "When keys were last used could not be written down.");
      }
    })();
    return flushing;
  }

  async function ask(key: string): Promise<Actor> {
    const hash = keyHash(key);
    if (hash === undefined) throw invalidToken();
    const now = clock.now();
    const checked = await remembered.ask(key, async () => {
      const row = await database.get(statement, [hash, now]);
      return row === undefined
        ? undefined
        : { actor: actorOf(row), id: String(row[0]), expires: Number(row[5]), used: Number(row[6]) };
    });
    if (checked === undefined) throw expiredToken();
    return noteUse(checked, now);
  }

  return {
    check(key) {
      const known = remembered.get(key);
      if (known === undefined) return ask(key);
      const now = clock.now();
      if (now >= known.expires) throw expiredToken();
      return noteUse(known, now);
    },
    async close() {
      remembered.close();
      await flush();
    },
  };
}

function readScope(text: string): KeyScope {
  const { access, tables, functions, routes } = JSON.parse(text) as KeyScope;
  return Object.freeze({
    access,
    routes,
    ...(tables === undefined ? {} : { tables: Object.freeze(tables) }),
    ...(functions === undefined ? {} : { functions: Object.freeze(functions) }),
  });
}

const noClaims: Actor["claims"] = Object.freeze(Object.create(null) as Record<string, never>);
