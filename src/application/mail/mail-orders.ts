import { AppError } from "#contract";
import type { Connection } from "#database";
import { readAddress } from "./address.ts";
import { createMailTables } from "./mail-tables.ts";
import { addSuppression, removeSuppression } from "./suppressions.ts";

/** What people ask of mail from outside. Plain data: it comes over HTTP where a server runs. A list of null is all mail. */
export interface MailOrder {
  readonly type: "mail";
  readonly action: "suppress" | "unsuppress";
  readonly address: string;
  readonly list: string | null;
  /** Why, for people. */
  readonly detail: string | null;
}

/** `changed`: false where it was so already. `refused`: why nothing was done, in words for people. */
export type MailOrderOutcome = { readonly changed: boolean } | { readonly refused: string };

/** Carries out one order. To be called within a transaction. */
export async function obeyMailOrder(
  connection: Connection,
  { action, address, list, detail }: MailOrder,
  now: number,
): Promise<MailOrderOutcome> {
  const read = readAddress(address);
  if ("problem" in read) return { refused: `The address ${read.problem}.` };
  // The list of a back end may be older than its first mail.
  await createMailTables(connection);
  const name = list ?? undefined;
  const changed =
    action === "suppress"
      ? await addSuppression(connection, read.address, {
          reason: "manual",
          now,
          ...(name === undefined ? {} : { list: name }),
          ...(detail === null ? {} : { detail }),
        })
      : await removeSuppression(connection, read.address, name);
  return { changed };
}

/** @throws AppError `invalidBody` where it is none. */
export function readMailOrder(value: object): MailOrder {
  const { action, address, list = null, detail = null } = value as Readonly<Record<string, unknown>>;
  const isText = (text: unknown): text is string | null => text === null || typeof text === "string";
  if ((action === "suppress" || action === "unsuppress") && typeof address === "string" && isText(list) && isText(detail))
    return { type: "mail", action, address, list, detail };
  throw new AppError("invalidBody", { details: "An order about mail is to suppress or unsuppress an address." });
}
