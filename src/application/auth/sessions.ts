import type { Clock, IdSource, Logger } from "#base";
import { type Actor, AppError } from "#contract";
import type { Connection, Database, ResultRow, Table } from "#database";
import { hashOf, hashSecret, newSecret } from "./secret-token.ts";
import { rememberUntilCommit } from "./until-commit.ts";
import {
  checkStatement,
  sessionOfStatement,
  insertSession,
  isFactorProof,
  type NewSessionRow,
  type ProofName,
  renewSession,
  type SessionClient,
  type SessionTimes,
  touchSessions,
} from "./session-table.ts";

export interface SessionsOptions {
  readonly database: Database;
  readonly users: Table;
  readonly times: SessionTimes;
  /** Whether somebody with these roles must have shown a second factor. */
  readonly requiresFactor: (roles: readonly string[]) => boolean;
  /** One whose time never goes back. */
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** A session as whoever signs in gets it. */
export interface GivenSession {
  /** What proves it from now on. It is kept nowhere. */
  readonly token: string;
  readonly id: string;
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export interface Sessions {
  /** Who has that token. Throws `expiredToken` where nobody has: 401. One statement, where `recall` knows nothing. */
  check(token: string): Promise<Actor>;
  /** Who has that token, where the database was asked since the last change of anything in it; undefined elsewhere. */
  recall(token: string): Actor | undefined;
  /** Begins one, in the transaction of that connection. */
  begin(connection: Connection, session: Pick<NewSessionRow, "user" | "proofs" | "client" | "proved">): Promise<GivenSession>;
  /** One more proof for a session: it goes on under another token (ASVS 7.2.4). */
  prove(connection: Connection, actor: Actor, proof: ProofName): Promise<Pick<GivenSession, "token" | "id" | "user">>;
  /** Writes down what is not written down yet: when sessions were last used. */
  flush(): Promise<void>;
  /** Likewise, at the end. */
  close(): Promise<void>;
}

/** Begins every token, so that it is known for what it is wherever it turns up. */
const PREFIX = "chs_";

/** Whether it is to be read as the token of a session. */
export function isSessionToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** The hash by which a session is found; undefined for what is no session's token. */
export function sessionTokenHash(token: string): Uint8Array | undefined {
  return isSessionToken(token) ? hashSecret(token.slice(PREFIX.length)) : undefined;
}

interface AskedWith {
  /** The token of the session that it comes with. */
  readonly previous?: string | undefined;
  readonly client: SessionClient;
}

/** Whether a request comes with a session of that user, or from an address from which one began. */
export async function isSignedIn(
  connection: Pick<Connection, "get">,
  user: string,
  { request, now }: { readonly request: AskedWith; readonly now: number },
): Promise<boolean> {
  const hash = request.previous === undefined ? undefined : sessionTokenHash(request.previous);
  const from = request.client.address ?? null;
  return (await connection.get(sessionOfStatement, [user, now, hash ?? null, from])) !== undefined;
}

/** Milliseconds: when a session was last used is known to the minute, and written down for many at once. */
const TOUCH_AFTER = 60_000;
const TOUCH_DELAY = 5_000;
const MOST_REMEMBERED = 10_000;

export function createSessions({ database, users, times, requiresFactor, clock, ids, logger }: SessionsOptions): Sessions {
  const statement = checkStatement(users);
  // The same object for as long as nothing about it changes: what is worked out of an actor is remembered by it.
  const actors = new Map<string, { readonly facts: string; readonly actor: Actor }>();
  const touched = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  function actorOf(row: ResultRow): Actor {
    const [id, user, , proved, proofs, roles, verified, , factorProved] = row;
    const key = String(id);
    const facts = `${String(roles)} ${String(proofs)} ${String(proved)} ${String(verified)} ${String(factorProved)}`;
    const known = actors.get(key);
    if (known?.facts === facts) return known.actor;
    const actor: Actor = Object.freeze({
      id: String(user),
      roles: Object.freeze(JSON.parse(String(roles)) as string[]),
      claims: noClaims,
      session: Object.freeze({
        id: key,
        verified: verified === 1,
        proofs: Object.freeze(JSON.parse(String(proofs)) as string[]),
        proved: Number(proved),
        ...(factorProved === null || factorProved === undefined ? {} : { factorProved: Number(factorProved) }),
      }),
    });
    if (actors.size >= MOST_REMEMBERED) {
      const [oldest] = actors.keys();
      if (oldest !== undefined) actors.delete(oldest);
    }
    actors.set(key, { facts, actor });
    return actor;
  }

  /** The role may have been given, or the factor asked for, since the session began. */
  function lacksFactor({ roles, session }: Actor): boolean {
    return requiresFactor(roles) && session?.proofs.some(isFactorProof) !== true;
  }

  function touch(id: string, now: number): void {
    touched.set(id, now);
    timer ??= setTimeout(() => void flush(), TOUCH_DELAY).unref();
  }

  interface Checked {
    readonly actor: Actor;
    readonly expires: number;
    used: number;
  }
  const remembered = rememberUntilCommit<Checked>(database);

  function recall(token: string): Actor | undefined {
    const known = remembered.get(token);
    if (known === undefined) return undefined;
    const now = clock.now();
    if (now >= known.expires || now - known.used >= times.idle) return undefined;
    noteUse(known, now);
    return known.actor;
  }

  function noteUse(known: Checked, now: number): void {
    if (now - known.used < Math.min(TOUCH_AFTER, times.idle / 10)) return;
    known.used = now;
    touch(known.actor.session?.id ?? "", now);
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (touched.size === 0) return flushing;
    const moments = new Map(touched);
    touched.clear();
    const before = flushing;
    flushing = (async () => {
      await before;
      try {
        await database.transaction((connection) => touchSessions(connection, moments));
      } catch (error) {
        logger.warn({ err: error }, "When sessions were last used could not be written down.");
      }
    })();
    return flushing;
  }

  return {
    recall,
    async check(token) {
      const known = recall(token);
      if (known !== undefined) return known;
      const hash = sessionTokenHash(token);
      if (hash === undefined) throw endedSession();
      const now = clock.now();
      const checked = await remembered.ask(token, async () => {
        const row = await database.get(statement, [hash, now, now - times.idle]);
        if (row === undefined) return undefined;
        const actor = actorOf(row);
        if (lacksFactor(actor)) throw endedSession("Your role needs a second factor: sign in again.");
        return { actor, used: Number(row[2]), expires: Number(row[7]) };
      });
      if (checked === undefined) throw endedSession();
      noteUse(checked, now);
      return checked.actor;
    },
    async begin(connection, { user, proofs, client, proved }) {
      const secret = newSecret();
      const now = clock.now();
      const expires = now + times.lifetime;
      const id = ids.uuid();
      await insertSession(connection, { id, tokenHash: hashOf(secret), user, proofs, now, proved, expires, client });
      return { token: PREFIX + secret, id, user, expires };
    },
    async prove(connection, { id: user, session }, proof) {
      if (session === undefined) throw new AppError("signInRequired");
      const secret = newSecret();
      const proofs = [...new Set([...session.proofs, proof])] as ProofName[];
      const renewed = { id: session.id, tokenHash: hashOf(secret), proofs, proof, now: clock.now() };
      if (!(await renewSession(connection, renewed))) throw endedSession();
      return { token: PREFIX + secret, id: session.id, user };
    },
    flush,
    async close() {
      remembered.close();
      await flush();
    },
  };
}

const noClaims: Actor["claims"] = Object.freeze(Object.create(null) as Record<string, never>);

/** 401: it is over, or never was. Why is nobody's business. */
export function endedSession(message: string = "The session has ended: sign in again."): AppError {
  return new AppError("expiredToken", { message });
}
