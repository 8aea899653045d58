import type { Logger } from "#base";
import { type Actor, AppError } from "#contract";
import type { Connection } from "#database";
import { type AuthParts, type AuthRequest, countAttempt, linkTo } from "../auth-parts.ts";
import { wrongPassword } from "../auth-errors.ts";
import { countFactors } from "../factors/factor-tables.ts";
import { recentlyProved } from "../factors/recent-proof.ts";
import type { SignInOutcome } from "../factors/pending-sign-in.ts";
import { endedSession, type GivenSession } from "../sessions.ts";
import { beginSession } from "../begin-session.ts";
import { createHalfSignUps, type HalfSignUps } from "./half-sign-up.ts";
import {
  countIdentities,
  dropIdentity,
  findIdentity,
  type Identity,
  insertIdentity,
  listIdentities,
  useIdentity,
} from "./identity-table.ts";
import { beginJourney, endJourney, type Intent } from "./journeys.ts";
import { labelOf } from "./new-person.ts";
import type { OAuthClientSecret } from "./oauth-clients.ts";
import type { Person, Provider } from "./provider.ts";
import { createProviderClient, type ProviderClient } from "./provider-client.ts";

/** A site that people may sign in by here. */
export interface OfferedProvider {
  readonly name: string;
  readonly title: string;
  /** Asked to, it lets somebody sign in anew: then it can show once more who they are. */
  readonly asksAnew: boolean;
}

export interface OAuthStart {
  readonly provider: unknown;
  /** Default `signIn`. Both others want a session. */
  readonly intent?: Intent;
  readonly me: Actor | null;
  /** Where they want to go after: a path of this site, checked by whoever asks. */
  readonly to?: string | undefined;
  /** What this browser keeps of another one that is under way. */
  readonly browser?: string | undefined;
}

export interface OAuthReturn {
  readonly provider: unknown;
  /** What the site sent along, as it came. */
  readonly given: URLSearchParams;
  readonly browser: string | undefined;
  readonly me: Actor | null;
}

/** What came of a sign-in elsewhere. `user`: whose account it is. */
export type OAuthOutcome =
  | { readonly type: "session"; readonly session: SignInOutcome; readonly user: string; readonly to: string | undefined }
  /** Something is missing before there can be an account. */
  | { readonly type: "unfinished"; readonly continuation: string; readonly to: string | undefined }
  | { readonly type: "connected"; readonly provider: string; readonly user: string; readonly to: string | undefined }
  | {
      readonly type: "proved";
      readonly session: Pick<GivenSession, "token" | "id" | "user">;
      readonly user: string;
      readonly to: string | undefined;
    };

/** Signing in by other sites. */
export interface OAuth {
  /** In the order of the definition. */
  readonly providers: readonly OfferedProvider[];
  /**
   * Where to send somebody, and what their browser is to keep until they are back. Throws `notFound` for a site that is none of these, `proofRequired`
   * where a site is to be connected and the session was not proved lately, `providerFailed` and `overloaded`.
   */
  begin(start: OAuthStart, request: AuthRequest): Promise<{ readonly location: string; readonly browser: string }>;
  /**
   * Somebody is back. Throws `usedLink` for what belongs to nobody who set out from this browser, `providerDeclined`, `providerFailed`, `accountExists`,
   * `accountSuspended`, `identityTaken`, `forbidden` where nobody can sign up, `wrongCredentials` where the account is gone.
   */
  finish(back: OAuthReturn, request: AuthRequest): Promise<OAuthOutcome>;
  readonly signUp: Omit<HalfSignUps, "welcome">;
  list(me: Actor): Promise<readonly Identity[]>;
  /** Throws `notFound`, `proofRequired`, and `stillNeeded` for the last way to sign in. */
  disconnect(me: Actor, id: unknown, request: AuthRequest): Promise<void>;
}

/** Of one account. */
const MOST_IDENTITIES = 20;

export interface OAuthOptions {
  readonly clients: ReadonlyMap<string, OAuthClientSecret>;
  readonly logger: Logger;
}

export function createOAuth(parts: AuthParts, { clients, logger }: OAuthOptions): OAuth {
  const { definition, database, accounts, sessions, send, clock, ids } = parts;
  const signUps = createHalfSignUps(parts);
  const known = new Map<string, { readonly provider: Provider; readonly client: ProviderClient }>();
  for (const provider of definition.providers) {
    const secret = clients.get(provider.name);
    if (secret !== undefined) known.set(provider.name, { provider, client: createProviderClient(provider, secret) });
  }
  const titleOf = (name: string): string => known.get(name)?.provider.title ?? name;

  function find(name: unknown): { readonly provider: Provider; readonly client: ProviderClient } {
    const found = typeof name === "string" ? known.get(name) : undefined;
    if (found === undefined) throw new AppError("notFound", { message: "Nobody signs in by a site of that name here." });
    return found;
  }

  /** What a site is to blame for is in the log of whoever runs the server: by its name and in our words, never with what was sent. */
  async function asking<T>({ name }: Provider, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError && error.error === "providerFailed")
        logger.warn(
          { provider: name, reason: (error.cause as Error).message },
          "A site that people sign in by did not do as it should.",
        );
      throw error;
    }
  }

  async function signIn(
    { name }: Provider,
    { person, proved, to }: { readonly person: Person; readonly proved: number | undefined; readonly to: string | undefined },
    request: AuthRequest,
  ): Promise<OAuthOutcome> {
    const inside = await database.transaction(async (connection) => {
      const user = await findIdentity(connection, person);
      if (user === undefined) return undefined;
      const account = await accounts.find(connection, user);
      if (account === undefined) throw wrongPassword();
      if (account.suspended) throw new AppError("accountSuspended");
      await useIdentity(connection, { ...person, label: labelOf(person), now: clock.now() });
      const session = await beginSession(parts, connection, { user, proof: "oauth", request, proved });
      return { type: "session", session, user, to } as const;
    });
    if (inside !== undefined) return inside;
    const outcome = await signUps.welcome({ provider: name, person, to, proved }, request);
    return "continuation" in outcome ? { type: "unfinished", continuation: outcome.continuation, to } : outcome;
  }

  async function connect(provider: Provider, me: Actor, person: Person, request: AuthRequest): Promise<void> {
    const { name, title } = provider;
    await database.transaction(async (connection) => {
      const account = await accounts.find(connection, me.id);
      if (account === undefined || account.suspended) throw endedSession();
      const owner = await findIdentity(connection, person);
      if (owner === me.id) return useIdentity(connection, { ...person, label: labelOf(person), now: clock.now() });
      if (owner !== undefined) throw new AppError("identityTaken");
      if ((await countIdentities(connection, me.id)) >= MOST_IDENTITIES)
        throw new AppError("limitExceeded", { details: `An account may have ${MOST_IDENTITIES} sites to sign in by.` });
      const { issuer, subject } = person;
      const identity = { id: ids.uuid(), issuer, subject, user: me.id, provider: name, label: labelOf(person) };
      if (!(await insertIdentity(connection, { ...identity, now: clock.now() }))) throw new AppError("identityTaken");
      if (account.address !== null) await tell(connection, account.address, { type: "identityConnected", title, request });
    });
  }

  function tell(
    connection: Connection,
    to: string,
    {
      type,
      title,
      request: { language },
    }: { readonly type: "identityConnected" | "identityDisconnected"; readonly title: string; readonly request: AuthRequest },
  ): Promise<void> {
    return send(connection, { to, language, message: { type, link: linkTo(parts, "reset"), provider: title } });
  }

  async function prove(me: Actor, person: Person): Promise<Pick<GivenSession, "token" | "id" | "user">> {
    return database.transaction(async (connection) => {
      if ((await findIdentity(connection, person)) !== me.id) throw new AppError("identityTaken");
      return sessions.prove(connection, me, "oauth");
    });
  }

  return {
    providers: [...known.values()].map(({ provider: { name, title, asksAnew = false } }) => ({ name, title, asksAnew })),

    async begin({ provider: name, intent = "signIn", me, to, browser }, request) {
      const { provider, client } = find(name);
      await countAttempt(parts, request);
      if (intent !== "signIn" && me?.session === undefined) throw new AppError("signInRequired");
      if (intent === "connect" && me !== null) await recentlyProved(parts, database, me);
      if (intent === "prove" && provider.asksAnew !== true)
        throw new AppError("notSupported", { message: `${provider.title} does not ask anew who somebody is.` });
      const maxAge = intent === "prove" ? 0 : provider.maxAge;
      const wanted = { provider: provider.name, intent, me: intent === "signIn" ? null : me, to, maxAge, browser };
      const journey = await database.transaction((connection) => beginJourney(parts, connection, wanted));
      const location = await asking(provider, () => client.authorize(journey));
      return { location, browser: journey.browser };
    },

    async finish({ provider: name, given, browser, me }, request) {
      const { provider, client } = find(name);
      await countAttempt(parts, request);
      const state = given.getAll("state").length === 1 ? given.get("state") : null;
      const journey = await endJourney(parts, { provider: provider.name, state, browser, me });
      const { person, proved } = await asking(provider, () => client.redeem(journey, given));
      const { intent, to } = journey;
      if (intent === "signIn" || me === null) return signIn(provider, { person, proved, to }, request);
      if (intent === "prove") return { type: "proved", session: await prove(me, person), user: me.id, to };
      await connect(provider, me, person, request);
      return { type: "connected", provider: provider.name, user: me.id, to };
    },

    signUp: signUps,

    async list({ id }) {
      return listIdentities(database, id);
    },

    async disconnect(me, id, request) {
      await database.transaction(async (connection) => {
        const { account } = await recentlyProved(parts, connection, me);
        const dropped = await dropIdentity(connection, me.id, String(id));
        if (dropped === undefined) throw new AppError("notFound", { message: "There is no such connection." });
        const { passkeys } = await countFactors(connection, me.id);
        const comesByMail = account.address !== null && account.verified;
        const others = passkeys + (await countIdentities(connection, me.id));
        if (!comesByMail && account.passwordHash === undefined && others === 0) throw new AppError("stillNeeded");
        if (account.address !== null)
          await tell(connection, account.address, {
            type: "identityDisconnected",
            title: titleOf(dropped.provider),
            request,
          });
      });
    },
  };
}
