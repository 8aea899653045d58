import { type ClientOrder, createTokens, type JobOrder, type MailOrder, type UserOrder, type WebhookOrder } from "#application";
import { createIdSource, systemClock } from "#base";
import { maintenancePath, type MaintenanceOrder, type MaintenanceState, orderName } from "#server";
import { CommandError } from "../command-line/command-error.ts";

/** Gives orders to a server that runs, or asks how far the last one is; `secret` is the key of the data directory's tokens. */
export function maintenanceOf(
  url: string,
  secret: Uint8Array,
): (
  order: MaintenanceOrder | JobOrder | WebhookOrder | MailOrder | UserOrder | ClientOrder | undefined,
) => Promise<MaintenanceState> {
  const ids = createIdSource(systemClock);
  const tokens = createTokens({
    secret,
    revocations: { has: () => false, revoke: async () => {} },
    clock: systemClock,
    ids,
  });
  return async (order) => {
    // A permission is good for one body, once.
    const body = order === undefined ? undefined : JSON.stringify({ ...order, nonce: ids.uuid() });
    const response = await fetch(`${url}${maintenancePath}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: await tokens.permitMaintenance(orderName(body)),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw new CommandError(`The server at ${url} refused: ${response.status} ${await response.text()}`);
    return (await response.json()) as MaintenanceState;
  };
}
