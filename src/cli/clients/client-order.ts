import {
  type ClientOrder,
  type ClientOrderOutcome,
  createAuthTables,
  createProviderTables,
  obeyClientOrder,
  type ProviderDefinition,
  steadyTime,
  usualScopes,
} from "#application";
import { createIdSource, systemClock } from "#base";
import { carryOut, requireDatabase } from "../backend/carry-out.ts";
import { CommandError } from "../command-line/command-error.ts";
import { printable } from "../command-line/printable.ts";
import { printResult, reportResult, type Terminal } from "../command-line/terminal.ts";
import { authOf } from "../users/user-order.ts";
import { openWorkplace, type Workplace } from "../backend/workplace.ts";

export interface ClientAddOptions {
  readonly backend: string;
  readonly redirect?: readonly string[];
  readonly logout?: readonly string[];
  readonly public?: boolean;
  readonly trusted?: boolean;
  readonly scope?: readonly string[];
  readonly resource?: readonly string[];
  readonly algorithm: string;
}

/** The id and the secret are printed, each on a line of its own. */
export async function clientAdd(name: string, options: ClientAddOptions, terminal: Terminal): Promise<void> {
  const { backend, redirect = [], logout = [], trusted = false, scope = usualScopes, resource = [], algorithm } = options;
  const client = {
    name,
    isPublic: options.public ?? false,
    trusted,
    redirectUris: redirect,
    logoutUris: logout,
    scopes: scope,
    resources: resource,
    algorithm,
  };
  const { id, secret } = await giveOrder({ type: "clients", action: "add", client }, backend);
  if (terminal.json === true) return printResult(terminal, { id, secret: secret ?? null });
  terminal.print(id);
  if (secret !== undefined) terminal.print(secret);
  terminal.report(
    terminal.style(
      "dim",
      secret === undefined
        ? `The id of ${printable(name)}. It has no secret: it shows by PKCE that it is the one that began.`
        : `The id of ${printable(name)}, and its secret, which is kept nowhere and shown this once.`,
    ),
  );
}

/** Takes an app away, or gives it another secret. */
export async function clientChange(
  { backend, action, id }: { readonly backend: string; readonly action: "remove" | "rotate"; readonly id: string },
  terminal: Terminal,
): Promise<void> {
  const { name, secret } = await giveOrder({ type: "clients", action, id }, backend);
  if (terminal.json === true) printResult(terminal, { action, id, name, ...(secret === undefined ? {} : { secret }) });
  else if (secret === undefined) terminal.report(`${printable(name)} signs nobody in any more.`);
  else {
    terminal.print(secret);
    terminal.report(terminal.style("dim", `The secret of ${printable(name)}: the one from before is good no more.`));
  }
}

export async function clientRotateKeys(backend: string, terminal: Terminal): Promise<void> {
  await giveOrder({ type: "clients", action: "rotate-keys" }, backend);
  reportResult(terminal, { rotated: true }, "Other keys sign from now on. Those from before are published for 30 days yet.");
}

/** What a back end says of apps that sign people in. @throws CommandError where none does. */
export function providerOf(workplace: Workplace): ProviderDefinition {
  const { provider } = authOf(workplace);
  if (provider === undefined)
    throw new CommandError(
      `No app signs people in with accounts of ${workplace.file}: give defineBackend \`auth: { provider: true }\`.`,
    );
  return provider;
}

/** By the server that has the database, or here where none runs. */
async function giveOrder(order: ClientOrder, path: string): Promise<Exclude<ClientOrderOutcome, { refused: string }>> {
  const workplace = await openWorkplace(path);
  providerOf(workplace);
  requireDatabase(workplace);
  return carryOut(order, workplace, async (database) => {
    const clock = await steadyTime(workplace.dataDirectory, systemClock);
    await database.transaction(async (connection) => {
      await createAuthTables(connection);
      await createProviderTables(connection);
    });
    return obeyClientOrder({ database, clock, ids: createIdSource(clock) }, order);
  });
}
