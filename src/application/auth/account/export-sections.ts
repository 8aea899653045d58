import type { Connection } from "#database";
import { hasMailTables } from "../../mail/mail-tables.ts";
import { listSuppressions } from "../../mail/suppressions.ts";
import type { Account } from "../account-table.ts";
import { countFactors, findTotp } from "../factors/factor-tables.ts";
import { listAllowed } from "../provider/consent-table.ts";
import { listPasskeys } from "../factors/passkeys/passkey-table.ts";
import { listImpersonations } from "../impersonation/impersonation-table.ts";
import { listKeys } from "../keys/key-table.ts";
import { listIdentities } from "../oauth/identity-table.ts";
import { invitationsOf } from "../organisations/organisation-tables.ts";
import { listSessions } from "../session-table.ts";

export interface SectionScope {
  readonly connection: Pick<Connection, "get" | "all">;
  readonly account: Account;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds without a request after which a session ends. */
  readonly idle: number;
}

/**
 * What is kept of a person beside the app's own tables: a part of sign-in that keeps something of theirs has an entry here. Never a secret, nor what one
 * could be made of: no hash, no key.
 */
export const exportSections: Readonly<Record<string, (scope: SectionScope) => Promise<unknown>>> = {
  async account({ account: { user, address, verified, roles, passwordHash, created } }) {
    return { user, address, verified, roles, hasPassword: passwordHash !== undefined, created };
  },
  sessions: ({ connection, account: { user }, now, idle }) => listSessions(connection, user, { now, idle }),
  async factors({ connection, account: { user } }) {
    const totp = await findTotp(connection, user);
    return {
      totp: totp === undefined ? null : { created: new Date(totp.created).toISOString() },
      passkeys: await listPasskeys(connection, user),
      recoveryCodes: (await countFactors(connection, user)).recoveryCodes,
    };
  },
  keys: ({ connection, account: { user }, now }) => listKeys(connection, { user, now }),
  otherSites: ({ connection, account: { user } }) => listIdentities(connection, user),
  async apps({ connection, account: { user }, now }) {
    const apps = await listAllowed(connection, user, now);
    return apps.map(({ name, scopes, resources, created }) => ({
      name,
      scopes,
      resources,
      allowed: new Date(created).toISOString(),
    }));
  },
  invitations: ({ connection, account: { user }, now }) => invitationsOf(connection, { user, now }),
  impersonations: ({ connection, account: { user } }) => listImpersonations(connection, user),
  async mail({ connection, account: { address } }) {
    const isThere = address !== null && (await hasMailTables(connection));
    return { suppressions: isThere ? await listSuppressions(connection, { address, limit: 10_000 }) : [] };
  },
};
