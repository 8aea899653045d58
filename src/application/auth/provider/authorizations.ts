import type { Actor } from "#contract";
import type { Connection } from "#database";
import type { AuthRequest } from "../auth-parts.ts";
import { hashOf, newSecret } from "../secret-token.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import { endAuthorizations, insertAuthorization } from "./authorization-table.ts";
import type { OidcClient } from "./client-table.ts";
import { addConsent, type AllowedApp, dropConsent, findConsent, listAllowed } from "./consent-table.ts";
import type { ProviderParts } from "./provider-parts.ts";
import { isImpersonable } from "./redirect-uri.ts";

/** Milliseconds for which a code can be changed for tokens (ASVS 10.4.3). */
export const CODE_TIME = 60_000;

/** Somebody who is signed in, and what an app asks of them. */
export interface Asked {
  readonly me: Actor & { readonly session: NonNullable<Actor["session"]> };
  readonly client: OidcClient;
  readonly wanted: AuthorizationRequest;
}

export interface Authorizations {
  /** Whether the person has to be asked. */
  needsConsent(asked: Asked): Promise<boolean>;
  /** A code for an app that may: for a minute, once, and only together with what the app alone knows. */
  authorize(asked: Asked, request: AuthRequest): Promise<string>;
  /** The same, once the person has said yes. */
  allow(asked: Asked, request: AuthRequest): Promise<string>;
  /** The apps that may use somebody's account. */
  apps(me: Actor): Promise<readonly AllowedApp[]>;
  /** Takes it back: with it end all of the app's tokens for this person. */
  removeApp(me: Actor, client: string, request: AuthRequest): Promise<void>;
}

export function createAuthorizations({ database, clock, ids }: ProviderParts): Authorizations {
  async function giveCode(connection: Connection, { me, client, wanted }: Asked): Promise<string> {
    const { redirectUri, scopes, challenge, nonce, resource } = wanted;
    const code = newSecret();
    const now = clock.now();
    await insertAuthorization(
      connection,
      {
        id: ids.uuid(),
        client: client.id,
        user: me.id,
        session: me.session.id,
        redirectUri,
        challenge,
        nonce,
        scopes,
        resource,
        proofs: me.session.proofs,
        proved: me.session.proved,
        created: now,
        // Most are changed for tokens at once; one that is not leaves nothing behind.
        expires: now + CODE_TIME,
      },
      hashOf(code),
    );
    return code;
  }

  return {
    async needsConsent({ me, client, wanted: { scopes, resource, prompts, redirectUri } }) {
      if (prompts.has("consent") || prompts.has("select_account")) return true;
      // Another program could have come in its place: whoever said yes once did not say it to that one.
      if (client.isPublic && isImpersonable(redirectUri)) return true;
      if (client.trusted) return false;
      const allowed = await findConsent(database, me.id, client.id);
      const isAllowed = scopes.every((scope) => allowed.scopes.includes(scope));
      return !isAllowed || (resource !== undefined && !allowed.resources.includes(resource));
    },
    authorize: (asked) => database.transaction((connection) => giveCode(connection, asked), { brief: true }),
    allow: (asked) =>
      database.transaction(async (connection) => {
        const { me, client, wanted } = asked;
        const resources = wanted.resource === undefined ? [] : [wanted.resource];
        await addConsent(connection, { user: me.id, client: client.id, scopes: wanted.scopes, resources, now: clock.now() });
        return giveCode(connection, asked);
      }),
    apps: (me) => listAllowed(database, me.id, clock.now()),
    removeApp: (me, client) =>
      database.transaction(async (connection) => {
        await dropConsent(connection, me.id, client);
        await endAuthorizations(connection, me.id, client);
      }),
  };
}
