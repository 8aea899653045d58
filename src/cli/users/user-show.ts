import {
  createAccountTable,
  createMemberships,
  findAccount,
  hasAuthTables,
  type Identity,
  listIdentities,
  listSessions,
  type Memberships,
  type SessionRow,
} from "#application";
import { AppError } from "#contract";
import { CommandError } from "../command-line/command-error.ts";
import { shortMoment } from "../jobs/jobs-words.ts";
import { withDatabase } from "../backend/open-audit.ts";
import { printable } from "../command-line/printable.ts";
import type { Terminal } from "../command-line/terminal.ts";
import { shown } from "./user-list.ts";
import { authOf } from "./user-order.ts";

export interface UserShowOptions {
  readonly backend: string;
  readonly json?: boolean;
}

/** Shows one account, the sites that it is connected with, and where it is signed in. */
export async function userShow(who: string, { backend, json = false }: UserShowOptions, terminal: Terminal): Promise<void> {
  await withDatabase(backend, async (connection, workplace) => {
    const { users, organisations } = authOf(workplace);
    if (!(await hasAuthTables(connection))) throw new CommandError("Nobody has an account yet.");
    const account = await findAccount(createAccountTable(users), connection, who).catch((error: unknown) => {
      throw error instanceof AppError ? new CommandError(printable(error.message)) : error;
    });
    const { user, address, verified, passwordHash, roles, suspended, created } = account;
    const sessions = await listSessions(connection, user, { now: Date.now(), idle: workplace.config.sessionIdle });
    const identities = await listIdentities(connection, user);
    const memberships =
      organisations === undefined ? undefined : await namedMemberships(createMemberships(organisations, users), connection, user);
    if (json) {
      terminal.print(
        JSON.stringify(
          { ...shown(account), ...(memberships === undefined ? {} : { memberships }), identities, sessions },
          null,
          2,
        ),
      );
      return;
    }
    const fields: readonly (readonly [string, string])[] = [
      ["id", printable(user)],
      ["address", address === null ? "none" : `${printable(address)}${verified ? "" : " (not confirmed)"}`],
      ["roles", roles.join(", ") || "none"],
      ["password", passwordHash === undefined ? "none" : "set"],
      ["since", shortMoment(created)],
      ...(suspended ? ([["suspended", "yes"]] as const) : []),
      ...(memberships === undefined
        ? []
        : ([["belongs to", memberships.map(describeMembership).join(", ") || "nothing"]] as const)),
      ...(identities.length === 0 ? [] : ([["sites", identities.map(describeIdentity).join(", ")]] as const)),
      ["sessions", sessions.length === 0 ? "none" : String(sessions.length)],
    ];
    for (const [title, value] of fields) terminal.print(`${terminal.style("dim", title.padEnd(10))}  ${value}`);
    for (const session of sessions) terminal.print(`  ${describeSession(session)}`);
  });
}

interface NamedMembership {
  readonly organisation: string;
  readonly name: string | null;
  readonly role: string;
  readonly since: string;
}

/** What they belong to, and as what. */
async function namedMemberships(
  memberships: Memberships,
  connection: Parameters<Memberships["of"]>[0],
  user: string,
): Promise<readonly NamedMembership[]> {
  const named: NamedMembership[] = [];
  for (const { organisation, role, since } of await memberships.of(connection, user))
    named.push({ organisation, name: await memberships.nameOf(connection, organisation), role, since });
  return named;
}

function describeMembership({ organisation, name, role }: NamedMembership): string {
  return `${printable(name ?? organisation)} (${role})`;
}

function describeIdentity({ provider, label, used }: Identity): string {
  return `${printable(provider)} (${printable(label)}, used ${shortMoment(used)})`;
}

function describeSession({ used, proofs, address, agent }: SessionRow): string {
  return `${shortMoment(used)}  ${[proofs.join(" and "), address ?? "", printable(agent ?? "")].filter((part) => part !== "").join(", ")}`;
}
