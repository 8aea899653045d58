import { AppError } from "#contract";
import type { Connection } from "#database";
import { dropAllKeys, dropKey, dropKeys } from "./key-table.ts";

/** What those who run the server ask about keys: to end one, all of one user, or all that there are. */
export type KeyOrder =
  | { readonly type: "users"; readonly action: "revoke-key"; readonly key: string }
  | { readonly type: "users"; readonly action: "revoke-keys"; readonly who: string }
  | { readonly type: "users"; readonly action: "revoke-all-keys" };

/** How many keys were ended. Throws `notFound` where there is none of that id. */
export async function obeyKeyOrder(
  connection: Connection,
  order: KeyOrder,
  findUser: (who: string) => Promise<string>,
): Promise<{ readonly ended: number }> {
  switch (order.action) {
    case "revoke-key":
      if ((await dropKey(connection, order.key)) === undefined)
        throw new AppError("notFound", {
          message: `There is no key with the id '${order.key}': chassis key list shows those that there are.`,
        });
      return { ended: 1 };
    case "revoke-keys":
      return { ended: await dropKeys(connection, await findUser(order.who)) };
    case "revoke-all-keys":
      return { ended: await dropAllKeys(connection) };
  }
}

/** Undefined where it is another order. */
export function readKeyOrder({ action, who, key }: Readonly<Record<string, unknown>>): KeyOrder | undefined {
  if (action === "revoke-key" && typeof key === "string") return { type: "users", action, key };
  if (action === "revoke-keys" && typeof who === "string") return { type: "users", action, who };
  return action === "revoke-all-keys" ? { type: "users", action } : undefined;
}

export function isKeyOrder(order: { readonly action: string }): order is KeyOrder {
  return order.action === "revoke-key" || order.action === "revoke-keys" || order.action === "revoke-all-keys";
}
