import { timingSafeEqual } from "node:crypto";
import { AppError } from "#contract";
import type { AuthRequest } from "../auth-parts.ts";
import { hashSecret } from "../secret-token.ts";
import { findClientSecret, type OidcClient } from "./client-table.ts";
import type { ProviderParts } from "./provider-parts.ts";

/** What an app says of itself. `secret` undefined where it showed none. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string | undefined;
}

/**
 * The app that asks. One that has a secret must show it, one that has none must not. Failures are counted by who asks. Throws `invalidClient`, the
 * same whether there is such an app or not.
 */
export async function authenticateClient(
  { database, rates }: Pick<ProviderParts, "database" | "rates">,
  { id, secret }: ClientCredentials,
  { caller }: Pick<AuthRequest, "caller">,
): Promise<OidcClient> {
  const found = await findClientSecret(database, id);
  const given = secret === undefined ? undefined : hashSecret(secret);
  const kept = found?.secretHash ?? nothing;
  const isRight = timingSafeEqual(given ?? nothing, kept) && given !== undefined;
  if (found !== undefined && (found.client.isPublic ? secret === undefined : isRight)) return found.client;
  await rates.take("signIns", caller);
  throw new AppError("invalidClient");
}

/** The hash of nothing at all. */
const nothing = new Uint8Array(32);
