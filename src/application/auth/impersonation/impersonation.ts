import type { Logger } from "#base";
import { type Actor, AppError } from "#contract";
import type { Database, ResultRow } from "#database";
import { callerFields } from "../../access/caller-fields.ts";
import { type AuthParts, type AuthRequest, countAttempt, invalid, linkTo } from "../auth-parts.ts";
import type { AuthDefinition } from "../build-auth.ts";
import { requiresFactor } from "../factors/pending-sign-in.ts";
import { recentlyProved } from "../factors/recent-proof.ts";
import { hashOf, hashSecret, newSecret } from "../secret-token.ts";
import { endedSession } from "../sessions.ts";
import { rememberUntilCommit } from "../until-commit.ts";
import { findAccount } from "../user-orders.ts";
import type { ImpersonationDefinition } from "./build-impersonation.ts";
import {
  endImpersonations,
  type ImpersonationRow,
  impersonationStatement,
  insertImpersonation,
  listImpersonations,
} from "./impersonation-table.ts";

/** Acting as somebody, as the administrator gets it. */
export interface GivenImpersonation {
  /** What proves it. It is kept nowhere. */
  readonly token: string;
  readonly id: string;
  readonly user: string;
  /** Milliseconds since 1970, and from now. */
  readonly expires: number;
  readonly lifetime: number;
}

/** Administrators who act as somebody: for a while, for a reason, and seen. */
export interface Impersonation {
  /**
   * `user`: an id or an address. Throws `forbidden` for who is no administrator, acts as somebody already, or would act as another administrator;
   * `proofRequired`, `validationFailed`, `notFound`.
   */
  begin(
    me: Actor,
    input: { readonly user: unknown; readonly reason: unknown },
    request: AuthRequest,
  ): Promise<GivenImpersonation>;
  /** For who acts as somebody: from the next request on they are themselves. */
  end(me: Actor): Promise<void>;
  /** When administrators looked in on whoever asks, and why. */
  list(me: Actor): Promise<readonly ImpersonationRow[]>;
  /** Who has that token. Throws `expiredToken`. */
  check(token: string): Actor | Promise<Actor>;
  close(): void;
}

const PREFIX = "chi_";
const MOST_REASON = 300;

export function isImpersonationToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

export interface ImpersonationOptions {
  readonly impersonation: ImpersonationDefinition;
  /** Milliseconds without a request after which a session ends. */
  readonly idle: number;
  readonly logger: Logger;
}

export function createImpersonation(parts: AuthParts, { impersonation, idle, logger }: ImpersonationOptions): Impersonation {
  const { definition, database, accounts, clock, ids, send } = parts;
  const statement = impersonationStatement(definition.users);
  const remembered = rememberUntilCommit<{ readonly actor: Actor; readonly expires: number }>(database);

  async function ask(token: string): Promise<Actor> {
    const hash = hashSecret(token.slice(PREFIX.length));
    const found = hash === undefined ? undefined : await remembered.ask(token, () => find(database, hash));
    if (found === undefined) throw overImpersonation();
    return found.actor;
  }

  async function find(reader: Pick<Database, "get">, hash: Uint8Array) {
    const now = clock.now();
    const row = await reader.get(statement, [hash, now, now, now - idle]);
    if (row === undefined || !isAllowed(definition, impersonation, row)) return undefined;
    return { actor: actorOf(row), expires: Math.min(Number(row[6]), Number(row[11]), Number(row[12]) + idle) };
  }

  return {
    async begin(me, { user: who, reason: given }, request) {
      if (me.impersonator !== undefined || !me.roles.includes(definition.adminRole)) throw new AppError("forbidden");
      await countAttempt(parts, request);
      const reason = typeof given === "string" ? given.trim() : "";
      const secret = newSecret();
      const begun = await database.transaction(async (connection) => {
        await recentlyProved(parts, connection, me);
        const admin = await accounts.find(connection, me.id);
        if (admin === undefined || admin.suspended || !admin.roles.includes(definition.adminRole))
          throw new AppError("forbidden");
        if (reason === "" || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(reason))
          throw invalid([{ field: "reason", message: "must be filled in" }]);
        if ([...reason].length > MOST_REASON)
          throw invalid([{ field: "reason", message: `must be at most ${MOST_REASON} characters long` }]);
        if (typeof who !== "string" || who.trim() === "") throw invalid([{ field: "user", message: "must be filled in" }]);
        const account = await findAccount(accounts, connection, who.trim());
        refuseAccount(account);
        const now = clock.now();
        const id = ids.uuid();
        const expires = now + impersonation.minutes * 60_000;
        const adminSession = me.session?.id ?? "";
        const tokenHash = hashOf(secret);
        await insertImpersonation(connection, {
          id,
          tokenHash,
          user: account.user,
          admin: me.id,
          adminSession,
          reason,
          now,
          expires,
        });
        if (impersonation.mail && account.address !== null)
          await send(connection, {
            to: account.address,
            message: { type: "impersonated", reason, link: linkTo(parts, "signIn") },
          });
        return { id, user: account.user, expires, lifetime: expires - now };
      });
      const about = { requestId: request.requestId, client: request.client.address };
      logger.info(
        { event: "impersonation.begin", ...callerFields(me), as: begun.user, impersonation: begun.id, reason, ...about },
        "An administrator acts as somebody.",
      );
      return { ...begun, token: PREFIX + secret };

      function refuseAccount({ user, roles, suspended }: { user: string; roles: readonly string[]; suspended: boolean }): void {
        if (user === me.id) throw new AppError("forbidden", { message: "You are that already." });
        if (suspended) throw new AppError("accountSuspended");
        if (roles.includes(definition.adminRole) && !impersonation.admins)
          throw new AppError("forbidden", { message: "Nobody acts as another administrator here (auth.impersonation.admins)." });
        if (requiresFactor(definition, roles) && me.session?.factorProved === undefined)
          throw new AppError("proofRequired", { hint: "A role of theirs needs a second factor: sign in with one of your own." });
      }
    },

    async end({ id, impersonator }) {
      if (impersonator === undefined) throw new AppError("forbidden", { message: "You act as nobody." });
      await database.transaction((connection) => endImpersonations(connection, impersonator.session, clock.now()), {
        brief: true,
      });
      logger.info({ event: "impersonation.end", user: impersonator.id, as: id }, "An administrator is themselves again.");
    },

    list: ({ id }) => listImpersonations(database, id),

    check(token) {
      const known = remembered.get(token);
      return known !== undefined && clock.now() < known.expires ? known.actor : ask(token);
    },

    close: () => remembered.close(),
  };
}

/** Asked on every look, because roles and the definition may have changed since it began. */
function isAllowed(definition: AuthDefinition, { admins }: ImpersonationDefinition, row: ResultRow): boolean {
  const [roles, adminRoles] = [row[7], row[9]].map((text) => JSON.parse(String(text)) as readonly string[]);
  if (roles === undefined || adminRoles?.includes(definition.adminRole) !== true) return false;
  if (roles.includes(definition.adminRole) && !admins) return false;
  return row[10] !== null || !(requiresFactor(definition, roles) || requiresFactor(definition, adminRoles));
}

function actorOf([id, user, admin, adminSession, reason, created, expires, roles, verified]: ResultRow): Actor {
  return Object.freeze({
    id: String(user),
    roles: Object.freeze(JSON.parse(String(roles)) as string[]),
    claims: Object.freeze(Object.create(null) as Record<string, never>),
    // It has proved nothing: whatever asks for a proof is closed to it.
    session: Object.freeze({ id: String(id), verified: verified === 1, proofs: Object.freeze([]), proved: 0 }),
    impersonator: Object.freeze({
      id: String(admin),
      session: String(adminSession),
      reason: String(reason),
      since: Number(created),
      until: Number(expires),
    }),
  });
}

export function overImpersonation(): AppError {
  return endedSession("You are yourself again: acting as somebody is over.");
}
