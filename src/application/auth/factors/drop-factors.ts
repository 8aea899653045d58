import type { Connection } from "#database";
import { dropRecoveryCodes, dropTotp } from "./factor-tables.ts";
import { dropPasskeys } from "./passkeys/passkey-table.ts";

/** All that a user shows beside a password: for whoever has lost it, once those who run the server know who asks. */
export async function dropFactors(connection: Connection, user: string): Promise<void> {
  await dropTotp(connection, user);
  await dropPasskeys(connection, user);
  await dropRecoveryCodes(connection, user);
}
