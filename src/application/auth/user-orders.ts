import { didYouMean, type Clock, type IdSource } from "#base";
import { AppError } from "#contract";
import type { Connection } from "#database";
import { system } from "../access/caller.ts";
import { addressKey, readAddress } from "../mail/address.ts";
import type { RecordStore } from "../records/record-store.ts";
import {
  type Account,
  type AccountTable,
  insertAccount,
  joinUsers,
  keepAddress,
  setRoles,
  setSuspended,
} from "./account-table.ts";
import { dropDeletion } from "./account/deletion-table.ts";
import { isAnonymousAccount } from "./anonymous/anonymous-table.ts";
import { linkTo } from "./auth-parts.ts";
import type { SendAuthMail } from "./auth-mails.ts";
import type { AuthDefinition } from "./build-auth.ts";
import { dropFactors } from "./factors/drop-factors.ts";
import { isKeyOrder, type KeyOrder, obeyKeyOrder, readKeyOrder } from "./keys/key-orders.ts";
import { dropKeys } from "./keys/key-table.ts";
import { insertUser } from "./new-user.ts";
import { dropTokensFor, dropUserTokens, issueOneTime } from "./one-time-tokens.ts";
import { endAllAuthorizations, endAuthorizations } from "./provider/authorization-table.ts";
import { endAllSessions, endSessions } from "./session-table.ts";

/** What those who run the server ask about people. Plain data: it comes over HTTP where a server runs. `who` is an id or an address. */
export type UserOrder =
  | {
      readonly type: "users";
      readonly action: "create";
      readonly address: string;
      readonly roles: readonly string[];
      /** The row in `users`, each value as text. */
      readonly row: Readonly<Record<string, string>>;
      /** Whoever has a row already, and gets the account: its id. Then there is none to make. */
      readonly user?: string;
    }
  | { readonly type: "users"; readonly action: "roles"; readonly who: string; readonly roles: readonly string[] }
  | { readonly type: "users"; readonly action: UserChange; readonly who: string }
  | { readonly type: "users"; readonly action: "sign-out-all" }
  | KeyOrder;

const userChanges = ["suspend", "resume", "sign-out", "delete", "reset-link", "reset-factors"] as const;
export type UserChange = (typeof userChanges)[number];

/** `link`: by which somebody sets a password, once, within three days. */
export interface SteeredUser {
  readonly user: string;
  readonly address: string | null;
  readonly link?: string;
}

/** `ended`: how many sessions, of everybody, or keys. `refused`: why nothing was done, in words for people. */
export type UserOrderOutcome = SteeredUser | { readonly ended: number } | { readonly refused: string };

export interface UserOrderTools {
  readonly definition: AuthDefinition;
  readonly records: RecordStore;
  readonly accounts: AccountTable;
  readonly site: () => string;
  /** Where a server runs. */
  readonly send?: SendAuthMail;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Carries out one order, as the system and in one transaction. */
export async function obeyUserOrder(tools: UserOrderTools, order: UserOrder): Promise<UserOrderOutcome> {
  try {
    return await tools.records.transaction(async (records, connection) => {
      if (order.action === "create") return create(tools, records, connection, order);
      if (isKeyOrder(order))
        return obeyKeyOrder(connection, order, async (who) => (await findAccount(tools.accounts, connection, who)).user);
      if (order.action === "sign-out-all") {
        await endAllAuthorizations(connection);
        return { ended: await endAllSessions(connection) };
      }
      return change(tools, records, connection, order);
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const how =
      order.action === "create" && error.error === "validationFailed" ? "; each is given by --set <field>=<value>." : "";
    return { refused: [error.message, error.details].filter((part) => part !== null).join(" ") + how };
  }
}

type Records = Parameters<Parameters<RecordStore["transaction"]>[0]>[0];

async function create(
  tools: UserOrderTools,
  records: Records,
  connection: Connection,
  { address: given, roles, row, user }: Extract<UserOrder, { action: "create" }>,
): Promise<SteeredUser> {
  const { accounts, clock, ids } = tools;
  const read = readAddress(given);
  if ("problem" in read) throw refused(`The address ${read.problem}.`);
  checkRoles(tools, roles);
  const key = addressKey(read.address);
  if ((await accounts.findByAddress(connection, key)) !== undefined)
    throw refused(`There is an account with the address ${read.address}.`);
  const id = user ?? ids.uuid();
  if (user === undefined) await insertUser(records, { id, user: row }, system, { form: "text" });
  else await checkPresent(tools, connection, user);
  const account = { user: id, address: read.address, addressKey: key, verified: false, passwordHash: undefined, roles };
  await insertAccount(connection, account, clock.now());
  await keepAddress(connection, tools.definition.users, account);
  return { user: id, address: read.address, link: await invite(tools, connection, id, key) };
}

/** Throws where the user is not there, or has an account. */
async function checkPresent({ definition, accounts }: UserOrderTools, connection: Connection, user: string): Promise<void> {
  const account = await accounts.find(connection, user);
  if (account !== undefined)
    throw refused(`The user '${user}' has an account${account.address === null ? "" : `: ${account.address}`}.`);
  const row = await connection.get(`SELECT 1 FROM (SELECT ? AS id) a ${joinUsers(definition.users, "a.id")}`, [user]);
  if (row === undefined) throw refused(`There is nobody in 'users' with the id '${user}'.`);
}

async function change(
  tools: UserOrderTools,
  records: Records,
  connection: Connection,
  order: Exclude<UserOrder, { action: "create" | "sign-out-all" } | KeyOrder>,
): Promise<SteeredUser> {
  const account = await findAccount(tools.accounts, connection, order.who);
  const { user, address } = account;
  const done = { user, address };
  switch (order.action) {
    case "roles":
      if (order.roles.length > 0 && (await isAnonymousAccount(connection, user)))
        throw refused(
          "They have not signed up, and have nothing to sign in with: a role would be anybody's who has their session.",
        );
      checkRoles(tools, order.roles);
      await setRoles(connection, user, order.roles);
      return done;
    case "suspend":
      await setSuspended(connection, user, tools.clock.now());
      await endSessions(connection, user);
      await endAuthorizations(connection, user);
      await dropUserTokens(connection, user);
      return done;
    case "sign-out":
      await endSessions(connection, user);
      await endAuthorizations(connection, user);
      await dropTokensFor(connection, user, "factor");
      return done;
    case "resume":
      await setSuspended(connection, user, undefined);
      await dropDeletion(connection, user);
      return done;
    case "delete": {
      const where = { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 } as const;
      await records.write({ type: "delete", table: "users", where, values: [user], form: "json" }, system);
      return done;
    }
    case "reset-factors":
      await dropFactors(connection, user);
      await endSessions(connection, user);
      await dropKeys(connection, user);
      await endAuthorizations(connection, user);
      await dropUserTokens(connection, user);
      if (tools.send !== undefined && address !== null)
        await tools.send(connection, { to: address, message: { type: "factorsReset", link: linkTo(tools, "reset") } });
      return done;
    case "reset-link":
      if (account.suspended) throw refused("The account is suspended: `chassis user resume` lets them in again.");
      return { ...done, link: await invite(tools, connection, user, address === null ? "" : addressKey(address)) };
  }
}

/** The account of an id or an address. Throws `notFound`. */
export async function findAccount(
  accounts: AccountTable,
  connection: Pick<Connection, "get" | "all">,
  who: string,
): Promise<Account> {
  const found = who.includes("@")
    ? await accounts.findByAddress(connection, addressKey(who))
    : await accounts.find(connection, who);
  if (found === undefined)
    throw new AppError("notFound", {
      message: `Nobody has an account with the ${who.includes("@") ? "address" : "id"} '${who}'.`,
    });
  return found;
}

/** Another one takes the place of one from before. */
async function invite(tools: UserOrderTools, connection: Connection, user: string, key: string): Promise<string> {
  await dropTokensFor(connection, user, "invite");
  const token = { purpose: "invite", user, addressKey: key, data: null, now: tools.clock.now() } as const;
  return linkTo(tools, "reset", await issueOneTime(connection, token));
}

function checkRoles({ definition: { roles: known } }: UserOrderTools, roles: readonly string[]): void {
  for (const role of roles)
    if (!known.includes(role))
      throw refused(
        `There is no role '${role}'${didYouMean(role, known) || `; there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}.`}`,
      );
}

function refused(message: string): AppError {
  return new AppError("invalidValue", { message });
}

/** @throws AppError `invalidBody` where it is none. */
export function readUserOrder(value: object): UserOrder {
  const { action, who, address, roles, row, user } = value as Readonly<Record<string, unknown>>;
  const keyOrder = readKeyOrder(value as Readonly<Record<string, unknown>>);
  if (keyOrder !== undefined) return keyOrder;
  const isTexts = (given: unknown): given is readonly string[] =>
    Array.isArray(given) && given.every((each) => typeof each === "string");
  if (action === "create" && typeof address === "string" && isTexts(roles) && isTextMap(row)) {
    const order = { type: "users", action, address, roles, row } as const;
    if (user === undefined) return order;
    if (typeof user === "string") return { ...order, user };
  }
  if (action === "roles" && typeof who === "string" && isTexts(roles)) return { type: "users", action, who, roles };
  if (action === "sign-out-all") return { type: "users", action };
  const change = userChanges.find((each) => each === action);
  if (change !== undefined && typeof who === "string") return { type: "users", action: change, who };
  throw new AppError("invalidBody", {
    details: `An order about people is to create, give roles, ${userChanges.join(", ")}, sign-out-all.`,
  });
}

function isTextMap(given: unknown): given is Readonly<Record<string, string>> {
  return (
    typeof given === "object" &&
    given !== null &&
    !Array.isArray(given) &&
    Object.values(given).every((each) => typeof each === "string")
  );
}
