import { createHash, randomBytes } from "node:crypto";
import { jobsOf, type SystemDb } from "chassis";
import { z } from "zod";
import { confirmAddress } from "../mails/confirm-address.ts";
import { schema } from "../schema.ts";

const { job } = jobsOf(schema);

/** Milliseconds that a link is good. */
const lifetime = 7 * 86_400_000;

/** Asks the reader of a new address whether it is theirs. */
export const askToConfirm = job(
  { input: z.object({ row: z.object({ id: z.string(), email: z.string().nullable() }) }) },
  ({ input, complete }) =>
    complete(async (db, enqueue) => {
      const user = await db.users.get(input.row.id);
      // It was changed once more since, or taken away.
      if (user === null || user.email === null || user.email !== input.row.email) return;
      if (user.email === user.confirmed_email) return;
      const token = randomBytes(32).toString("base64url");
      await db.confirmations.upsert(
        { user: user.id, email: user.email, token_hash: hash(token), expires: new Date(Date.now() + lifetime).toISOString() },
        { onConflict: ["user"] },
      );
      await enqueue(confirmAddress, { to: user.email, data: { name: user.name, token } });
    }),
);

/** The address that the token was sent to is its user's. False where the token is not good any more. */
export async function confirm(db: SystemDb<typeof schema>, token: string): Promise<boolean> {
  const [confirmation] = await db.confirmations.list({ where: { token_hash: hash(token) }, limit: 1 });
  if (confirmation === undefined || Date.parse(confirmation.expires) < Date.now()) return false;
  await db.users.update(confirmation.user, { confirmed_email: confirmation.email });
  return true;
}

/** Kept instead of the token: once its mail is sent, whoever reads the database cannot follow the link. */
function hash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
