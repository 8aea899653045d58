import type { JWK } from "jose";
import type { AuthRequest } from "../auth-parts.ts";
import { logged } from "../auth-log.ts";
import { type Authorizations, createAuthorizations } from "./authorizations.ts";
import type { ProviderDefinition } from "./build-provider.ts";
import { authenticateClient, type ClientCredentials } from "./client-authentication.ts";
import { type ClientOrder, type ClientOrderOutcome, obeyClientOrder } from "./client-orders.ts";
import { findClient, type OidcClient } from "./client-table.ts";
import { createIdTokens, type IdTokens } from "./id-tokens.ts";
import { createKeptRequests, type KeptRequests } from "./kept-requests.ts";
import type { ProviderParts } from "./provider-parts.ts";
import { createTokenChecks, type TokenChecks } from "./token-checks.ts";
import { createTokenGrants, type TokenGrants } from "./token-grants.ts";

/** Signs people in to other apps with accounts of this site: what its routes, pages and command line call. */
export interface Provider extends Authorizations, TokenGrants, TokenChecks, KeptRequests, Pick<IdTokens, "readHint"> {
  readonly definition: ProviderDefinition;
  /** The issuer's name: the origin of this site. */
  readonly issuer: () => string;
  findClient(id: string): Promise<OidcClient | undefined>;
  /** Throws `invalidClient`. */
  authenticate(credentials: ClientCredentials, request: AuthRequest): Promise<OidcClient>;
  /** The keys that ID tokens are signed by (RFC 7517). */
  publishedKeys(): Promise<readonly JWK[]>;
  /** Does what those who run the server ask about apps. */
  readonly obey: (order: ClientOrder) => Promise<ClientOrderOutcome>;
}

export function createProvider(parts: ProviderParts): Provider {
  const { provider: definition, database, keys, site, logger } = parts;
  const idTokens = createIdTokens(parts);
  const functions: Provider = {
    definition,
    issuer: site,
    ...createAuthorizations(parts),
    ...createTokenGrants(parts, idTokens),
    ...createTokenChecks(parts),
    ...createKeptRequests(parts),
    readHint: (token) => idTokens.readHint(token),
    findClient: (id) => findClient(database, id),
    authenticate: (credentials, request) => authenticateClient(parts, credentials, request),
    publishedKeys: () => keys.published(),
    async obey(order) {
      const outcome = await obeyClientOrder(parts, order);
      const ended = "refused" in outcome ? { refused: true } : { app: outcome.id };
      logger.info(
        { event: `clients.${order.action}`, ...ended },
        "Somebody who runs the server steered an app that signs people in.",
      );
      return outcome;
    },
  };
  return logged("provider", functions, logger);
}
