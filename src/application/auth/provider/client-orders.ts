import type { Clock, IdSource } from "#base";
import { AppError } from "#contract";
import type { Connection, Database } from "#database";
import { hashOf, newSecret } from "../secret-token.ts";
import { deleteClient, findClient, insertClient, type OidcClient, setClientSecret, signingAlgorithms } from "./client-table.ts";
import { redirectUriProblem } from "./redirect-uri.ts";
import { isScopeName, scopeNames } from "./scopes.ts";
import { retireSigningKeys } from "./signing-keys.ts";

/** What an app is to be, as the command line says it. */
export interface ClientInput {
  readonly name: string;
  readonly isPublic: boolean;
  readonly trusted: boolean;
  readonly redirectUris: readonly string[];
  readonly logoutUris: readonly string[];
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly algorithm: string;
}

/** What those who run the server ask about apps. Plain data: it comes over HTTP where a server runs. */
export type ClientOrder =
  | { readonly type: "clients"; readonly action: "add"; readonly client: ClientInput }
  | { readonly type: "clients"; readonly action: "remove" | "rotate"; readonly id: string }
  | { readonly type: "clients"; readonly action: "rotate-keys" };

/** `secret`: shown once. `refused`: why nothing was done, in words for people. */
export type ClientOrderOutcome =
  | { readonly id: string; readonly name: string; readonly secret?: string }
  | { readonly refused: string };

export interface ClientOrderTools {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Carries out one order, in one transaction. */
export async function obeyClientOrder(
  { database, clock, ids }: ClientOrderTools,
  order: ClientOrder,
): Promise<ClientOrderOutcome> {
  try {
    return await database.transaction(async (connection) => {
      const now = clock.now();
      if (order.action === "add") return add(connection, order.client, { id: ids.uuid(), now });
      if (order.action === "rotate-keys") {
        await retireSigningKeys(connection, now);
        return { id: "", name: "" };
      }
      return change(connection, order.action, order.id);
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    return { refused: error.message };
  }
}

async function add(
  connection: Connection,
  input: ClientInput,
  { id, now }: { readonly id: string; readonly now: number },
): Promise<ClientOrderOutcome> {
  const client = readClient(input, { id, now });
  const secret = client.isPublic ? undefined : newSecret();
  await insertClient(connection, client, secret === undefined ? undefined : hashOf(secret));
  return { id, name: client.name, ...(secret === undefined ? {} : { secret }) };
}

async function change(connection: Connection, action: "remove" | "rotate", id: string): Promise<ClientOrderOutcome> {
  const client = await findClient(connection, id);
  if (client === undefined) throw refused(`There is no app with the id '${id}'.`);
  const { name } = client;
  if (action === "remove") {
    await deleteClient(connection, id);
    return { id, name };
  }
  if (client.isPublic) throw refused(`${name} has no secret: it is an app of browsers or devices.`);
  const secret = newSecret();
  await setClientSecret(connection, id, hashOf(secret));
  return { id, name, secret };
}

/** Throws for what cannot stand. */
function readClient(input: ClientInput, { id, now }: { readonly id: string; readonly now: number }): OidcClient {
  const { isPublic, trusted, redirectUris, logoutUris, resources } = input;
  const name = input.name.trim();
  // What is read from right to left, or not at all, could make one name look like another.
  if (name.length < 1 || name.length > 80 || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name))
    throw refused("The name is of 1 to 80 characters, all of which can be seen.");
  for (const uri of [...redirectUris, ...logoutUris]) {
    const problem = redirectUriProblem(uri);
    if (problem !== undefined) throw refused(`The address ${uri} ${problem}.`);
  }
  for (const uri of resources)
    if (!/^[\x21-\x7e]{1,500}$/.test(uri) || uri.includes("#") || !URL.canParse(uri))
      throw refused(`The resource ${uri} is no address without a part after #, such as https://api.example.org.`);
  if (redirectUris.length > 20 || logoutUris.length > 20 || resources.length > 20)
    throw refused("Of each list there are 20 at the most.");
  if (redirectUris.length === 0 && (isPublic || resources.length === 0))
    throw refused("Say where people are sent back to, by --redirect, or which API it is, by --resource.");
  if (trusted && redirectUris.some((uri) => !uri.startsWith("https:")))
    throw refused("Only an app whose addresses are https:// can be trusted: another program could come in its place.");
  const scopes = input.scopes.map((scope) => {
    if (!isScopeName(scope)) throw refused(`There is no scope '${scope}'; there are ${scopeNames.join(", ")}.`);
    return scope;
  });
  if (redirectUris.length > 0 && !scopes.includes("openid")) throw refused("The scope openid is needed to sign people in.");
  const algorithm = signingAlgorithms.find((each) => each === input.algorithm);
  if (algorithm === undefined) throw refused(`ID tokens are signed by ${signingAlgorithms.join(" or ")}.`);
  const unique = (list: readonly string[]): readonly string[] => [...new Set(list)];
  return {
    id,
    name,
    isPublic,
    trusted,
    redirectUris: unique(redirectUris),
    logoutUris: unique(logoutUris),
    scopes: [...new Set(scopes)],
    resources: unique(resources),
    algorithm,
    created: now,
  };
}

function refused(message: string): AppError {
  return new AppError("invalidValue", { message });
}

/** @throws AppError `invalidBody` where it is none. */
export function readClientOrder(value: object): ClientOrder {
  const { action, id, client } = value as Readonly<Record<string, unknown>>;
  if (action === "add" && isClientInput(client)) return { type: "clients", action, client };
  if ((action === "remove" || action === "rotate") && typeof id === "string") return { type: "clients", action, id };
  if (action === "rotate-keys") return { type: "clients", action };
  throw new AppError("invalidBody", { details: "An order about apps is to add, remove, rotate or rotate-keys." });
}

function isClientInput(value: unknown): value is ClientInput {
  if (typeof value !== "object" || value === null) return false;
  const given = value as Readonly<Record<string, unknown>>;
  const isTexts = (each: unknown): boolean => Array.isArray(each) && each.every((text) => typeof text === "string");
  return (
    typeof given["name"] === "string" &&
    typeof given["algorithm"] === "string" &&
    typeof given["isPublic"] === "boolean" &&
    typeof given["trusted"] === "boolean" &&
    ["redirectUris", "logoutUris", "scopes", "resources"].every((name) => isTexts(given[name]))
  );
}
