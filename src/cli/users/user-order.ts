import {
  type AuthDefinition,
  createRecordStore,
  loadSecrets,
  openPeopleOrders,
  type SteeredUser,
  steadyTime,
  type UserChange,
  type UserOrder,
  type UserOrderOutcome,
} from "#application";
import { createIdSource, systemClock } from "#base";
import { prepareDatabase, type SqliteDatabase, sqliteDialect } from "#database";
import { secretFieldKeys } from "#platform";
import { carryOut, requireDatabase } from "../backend/carry-out.ts";
import { CommandError, UsageError } from "../command-line/command-error.ts";
import { printable } from "../command-line/printable.ts";
import { printResult, reportResult, type Terminal } from "../command-line/terminal.ts";
import { openWorkplace, type Workplace } from "../backend/workplace.ts";

interface BackendOption {
  readonly backend: string;
}

/** Makes an account. The link alone is printed. */
export async function userCreate(
  address: string,
  {
    backend,
    role: roles = [],
    set = [],
    user,
  }: BackendOption & { readonly role?: readonly string[]; readonly set?: readonly string[]; readonly user?: string },
  terminal: Terminal,
): Promise<void> {
  const row = Object.fromEntries(set.map(readField));
  if (user !== undefined && set.length > 0)
    throw new UsageError("--set is for a new row in users. The row of --user is there, and stays as it is.");
  const order = { type: "users", action: "create", address, roles, row, ...(user === undefined ? {} : { user }) } as const;
  const { user: owner, link = "" } = await giveOrder(order, backend);
  printResult(terminal, { user: owner, address, link }, link);
  if (terminal.json === true) return;
  terminal.report(
    terminal.style(
      "dim",
      `${printable(address)} has the account ${printable(owner)}. By the link they set a password, once, within three days.`,
    ),
  );
}

export async function userRoles(
  who: string,
  { backend, role = [], none = false }: BackendOption & { readonly role?: readonly string[]; readonly none?: boolean },
  terminal: Terminal,
): Promise<void> {
  if (none === role.length > 0) throw new UsageError("Say which roles they have from now on, each by --role, or --none.");
  const roles = [...new Set(role)];
  const outcome = await giveOrder({ type: "users", action: "roles", who, roles }, backend);
  reportResult(
    terminal,
    { ...outcome, roles },
    `${nameOf(outcome)} ${none ? "has no roles" : `is ${roles.join(", ")}`} from the next request on.`,
  );
}

/** Suspends, lets in again, deletes, takes second factors away, or gives a link for a new password. */
export async function userOrder(
  { action, who, backend }: BackendOption & { readonly action: UserChange; readonly who: string },
  terminal: Terminal,
): Promise<void> {
  const outcome = await giveOrder({ type: "users", action, who }, backend);
  if (terminal.json === true) printResult(terminal, { action, ...outcome });
  else if (action === "reset-link") {
    terminal.print(outcome.link ?? "");
    terminal.report(terminal.style("dim", `For ${nameOf(outcome)}: it is good once, for three days.`));
  } else if (action === "reset-factors")
    terminal.report(`${nameOf(outcome)} has no second factor and no passkey any more, and is signed out everywhere.`);
  else if (action === "sign-out") terminal.report(`${nameOf(outcome)} is signed out everywhere, and may sign in again.`);
  else if (action === "suspend") terminal.report(`${nameOf(outcome)} is signed out everywhere and gets in no more.`);
  else terminal.report(action === "resume" ? `${nameOf(outcome)} may sign in again.` : `${nameOf(outcome)} is deleted.`);
}

export async function userSignOutAll({ backend }: BackendOption, terminal: Terminal): Promise<void> {
  const { ended } = await giveOrder({ type: "users", action: "sign-out-all" }, backend);
  reportResult(terminal, { ended }, `${ended} ${ended === 1 ? "session has" : "sessions have"} ended: everybody is signed out.`);
}

/** Ends one key, those of one account, or all: exactly one of the three must be said. */
export async function keyRevoke(
  { backend, id, user, all = false }: BackendOption & { readonly id?: string; readonly user?: string; readonly all?: boolean },
  terminal: Terminal,
): Promise<void> {
  if ([id !== undefined, user !== undefined, all].filter(Boolean).length !== 1)
    throw new UsageError("Say which key by its id, whose keys by --user, or --all.");
  const { ended } =
    id !== undefined
      ? await giveOrder({ type: "users", action: "revoke-key", key: id }, backend)
      : user !== undefined
        ? await giveOrder({ type: "users", action: "revoke-keys", who: user }, backend)
        : await giveOrder({ type: "users", action: "revoke-all-keys" }, backend);
  reportResult(terminal, { ended }, `${ended} ${ended === 1 ? "key is" : "keys are"} good no more.`);
}

function nameOf({ user, address }: SteeredUser): string {
  return printable(address ?? user);
}

function readField(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new UsageError(`A field is written name=value, not '${text}'.`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

type OutcomeOf<O extends UserOrder> = O extends {
  readonly action: "sign-out-all" | "revoke-key" | "revoke-keys" | "revoke-all-keys";
}
  ? { readonly ended: number }
  : SteeredUser;

/** By the server that has the database, or here where none runs. */
async function giveOrder<O extends UserOrder>(order: O, path: string): Promise<OutcomeOf<O>> {
  const workplace = await openWorkplace(path);
  const definition = authOf(workplace);
  requireDatabase(workplace);
  return carryOut<OutcomeOf<O>>(
    order,
    workplace,
    async (database) =>
      (await obeyHere(order, { ...workplace, database, definition })) as OutcomeOf<O> | { readonly refused: string },
  );
}

/** The sign-in of a back end. */
export function authOf({ backend, file }: Workplace): AuthDefinition {
  if (backend.auth === undefined) throw new CommandError(`${file} has no sign-in: give defineBackend \`auth: true\`.`);
  return backend.auth;
}

interface HereOptions extends Workplace {
  readonly database: SqliteDatabase;
  readonly definition: AuthDefinition;
}

async function obeyHere(
  order: UserOrder,
  { database, definition, dataDirectory, config, backend: { model, rules } }: HereOptions,
): Promise<UserOrderOutcome> {
  const clock = await steadyTime(dataDirectory, systemClock);
  await prepareDatabase(database, model);
  const ids = createIdSource(clock);
  const secretKeys = secretFieldKeys(await loadSecrets(dataDirectory));
  const records = createRecordStore({ database, dialect: sqliteDialect, model, rules, clock, ids, secretKeys });
  const site = config.baseUrl ?? `http://localhost:${config.port}`;
  return (await openPeopleOrders({ definition, database, records, site, clock, ids }))(order);
}
