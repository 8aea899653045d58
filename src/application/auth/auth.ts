import type { Clock, IdSource, Logger } from "#base";
import type { Actor } from "#contract";
import type { Database } from "#database";
import type { Keys } from "../access/keys.ts";
import type { Authenticate } from "../access/authenticate.ts";
import type { DbOpener } from "../functions/open-db.ts";
import type { RateLimits } from "../rate-limits/rate-limits.ts";
import type { RecordStore } from "../records/record-store.ts";
import { type AccountDeletion, createAccountDeletion } from "./account/account-deletion.ts";
import { exportAccount } from "./account/account-export.ts";
import { type Anonymous, createAnonymous } from "./anonymous/anonymous.ts";
import { createAnonymousTable } from "./anonymous/anonymous-table.ts";
import { createLeaveAnonymous } from "./anonymous/leave-anonymous.ts";
import { createDeletionTable } from "./account/deletion-table.ts";
import { createAccountTable } from "./account-table.ts";
import type { SendAuthMail } from "./auth-mails.ts";
import type { AuthParts } from "./auth-parts.ts";
import { createMailBudgetTable } from "./mail-budget.ts";
import { createAuthTables } from "./auth-tables.ts";
import { createFactorTables } from "./factors/factor-tables.ts";
import { createFactors, type Factors } from "./factors/factors.ts";
import { AnswerVerifier } from "./factors/passkeys/answer-verifier.ts";
import { isProvedOwner, provedOwner } from "./factors/recent-proof.ts";
import { requiresFactor } from "./factors/pending-sign-in.ts";
import { type AddressChange, createAddressChange } from "./address-change.ts";
import { logged, loggedFactors, loggedOAuth, loggedOrders } from "./auth-log.ts";
import type { AuthDefinition } from "./build-auth.ts";
import { createFirstAdmin, type FirstAdmin } from "./first-admin.ts";
import { holdOrganisations, openOrganisations, type Organisations } from "./organisations/open-organisations.ts";
import { createOrganisationTables } from "./organisations/organisation-tables.ts";
import { nameOf } from "./pages/name-of.ts";
import { createImpersonation, type Impersonation } from "./impersonation/impersonation.ts";
import { createImpersonationTable } from "./impersonation/impersonation-table.ts";
import { inOwnHands } from "./impersonation/own-hands.ts";
import { createKeyChecks, type KeyChecks } from "./keys/key-checks.ts";
import { createKeyTable } from "./keys/key-table.ts";
import { type ApiKeys, createApiKeys, type Reach } from "./keys/keys.ts";
import type { OAuthClientSecret } from "./oauth/oauth-clients.ts";
import { createIdentityTable } from "./oauth/identity-table.ts";
import { createOAuth, type OAuth } from "./oauth/oauth.ts";
import { createProvider, type Provider } from "./provider/provider.ts";
import { createProviderTables } from "./provider/provider-tables.ts";
import { createSigningKeys } from "./provider/signing-keys.ts";
import { createPasswordReset, type PasswordReset } from "./password-reset.ts";
import { createBreachedPasswords } from "./passwords/breached-passwords.ts";
import { createPasswords, type Passwords } from "./passwords/passwords.ts";
import type { SessionTimes } from "./session-table.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createSignInCode, type SignInCode } from "./sign-in-code.ts";
import { createSignInLink, type SignInLink } from "./sign-in-link.ts";
import { createSignIn, type SignIn } from "./sign-in.ts";
import { createSignUp, type SignUp } from "./sign-up.ts";
import { AuthSweeper } from "./sweep.ts";
import { guardTokens } from "./token-guard.ts";
import { createVerifyAddress, type VerifyAddress } from "./verify-address.ts";
import { rememberUntilCommit } from "./until-commit.ts";
import { userEndListener } from "./user-end.ts";
import { obeyUserOrder, type UserOrder, type UserOrderOutcome } from "./user-orders.ts";

export interface OpenAuthOptions {
  readonly definition: AuthDefinition;
  readonly database: Database;
  readonly records: RecordStore;
  readonly times: SessionTimes;
  readonly send: SendAuthMail;
  readonly rates: RateLimits;
  /** The origin under which people reach this server. Throws where it is not known. */
  readonly site: () => string;
  /** 32 bytes, the same after every start. */
  readonly codeKey: Uint8Array;
  /** 32 bytes each: those of every generation of the secret, the present one first. */
  readonly factorKeys: Keys;
  /** By what other sites know this server, by their names: who has none is not offered. Default none. */
  readonly clients?: ReadonlyMap<string, OAuthClientSecret>;
  /** Likewise. Those that the keys of ID tokens are kept under. */
  readonly providerKeys: Keys;
  /** One whose time never goes back: `openSteadyClock`. */
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** What keys can be narrowed to. By default nothing. */
  readonly reach?: Reach;
  /** What opens the data for the app's own `carryOver`: without it nothing is carried over. */
  readonly dbs?: DbOpener;
  /** By default at today's cost. */
  readonly passwords?: Passwords;
  /** What looks at the answers of passkeys. By default one that is closed with the rest. */
  readonly verifier?: AnswerVerifier;
}

/** The sign-in of a back end that runs: what its routes, pages and command line call. */
export interface Auth {
  readonly definition: AuthDefinition;
  /** The address of a user's account; null where they have none. */
  addressOf(user: string): Promise<string | null>;
  /** Whether they have shown recently enough who they are to change how they sign in, or to end their account. */
  isProved(me: Actor): Promise<boolean>;
  /** What somebody calls themselves: the text `name` of their row, as far as they may read it; null where there is none. */
  nameOf(me: Actor): Promise<string | null>;
  readonly sessions: Sessions;
  readonly signUp: SignUp;
  readonly signIn: SignIn;
  readonly passwordReset: PasswordReset;
  readonly signInLink: SignInLink;
  readonly signInCode: SignInCode;
  readonly verifyAddress: VerifyAddress;
  readonly addressChange: AddressChange;
  /** Authenticator apps, passkeys and recovery codes, and the other half of a sign-in. */
  readonly factors: Factors;
  /** Signing in by other sites. */
  readonly oauth: OAuth;
  readonly firstAdmin: FirstAdmin;
  /** Accounts of people who have not signed up. */
  readonly anonymous: Anonymous;
  /** The end of an account, by its owner. */
  readonly deletion: AccountDeletion;
  /** A copy of all that is kept of whoever asks: see `exportAccount`. Throws `proofRequired`. */
  exportAccount<T>(me: Actor, take: (pieces: AsyncIterable<Uint8Array>) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Undefined where the back end has none. */
  readonly organisations: Organisations | undefined;
  /** Keys that people make for programs; undefined where nobody does. */
  readonly keys: ApiKeys | undefined;
  /** Administrators who act as somebody; undefined where none may. */
  readonly impersonation: Impersonation | undefined;
  /** Who asks with such a key; undefined likewise. */
  readonly checkKey: KeyChecks["check"] | undefined;
  /** What other apps sign people in by; undefined where none does. */
  readonly provider: Provider | undefined;
  /** Does what those who run the server ask about people. */
  readonly obey: (order: UserOrder) => Promise<UserOrderOutcome>;
  /** The keys of `chassis token`, but for those of users who are suspended or gone. */
  guardTokens(authenticate: Authenticate): Authenticate;
  /** Writes down what is not written down yet, and looks for nothing more. */
  close(): Promise<void>;
}

const noReach: Reach = { tables: () => [], functions: () => [] };

/** Makes the tables, and puts together what signs people in. */
export async function openAuth(options: OpenAuthOptions): Promise<Auth> {
  const { definition, database, records, times, send, rates, site, codeKey, factorKeys, clock, ids, logger } = options;
  const { users } = definition;
  await database.transaction(async (connection) => {
    await createAuthTables(connection);
    await createMailBudgetTable(connection);
    await createFactorTables(connection);
    await createDeletionTable(connection);
    await createOrganisationTables(connection);
    await createKeyTable(connection);
    await createIdentityTable(connection);
    await createAnonymousTable(connection);
    await createImpersonationTable(connection);
    await createProviderTables(connection);
  });
  const stopListening = database.onBeforeCommit(userEndListener(users, clock));
  const stopHolding = holdOrganisations(database, definition);
  const good = rememberUntilCommit<true>(database);
  const sessions = createSessions({
    database,
    users,
    times,
    requiresFactor: (roles) => requiresFactor(definition, roles),
    clock,
    ids,
    logger,
  });
  const parts: AuthParts = {
    definition,
    database,
    records,
    accounts: createAccountTable(users),
    sessions,
    passwords: options.passwords ?? createPasswords(),
    findBreached: definition.breachedPasswords ? createBreachedPasswords({ logger }) : undefined,
    send,
    rates,
    site,
    codeKey,
    factorKeys,
    leaveAnonymous: createLeaveAnonymous({ definition, records, dbs: options.dbs, logger }),
    clock,
    ids,
  };
  const impersonation =
    definition.impersonation && createImpersonation(parts, { impersonation: definition.impersonation, idle: times.idle, logger });
  const keyChecks = createKeyChecks({ definition, database, clock, logger });
  const { provider } = definition;
  const signingKeys = createSigningKeys({ database, keys: options.providerKeys, clock });
  const verifier = options.verifier ?? new AnswerVerifier();
  const anonymous = createAnonymous(parts, logger);
  const deletion = createAccountDeletion(parts, logger);
  const sweeper = new AuthSweeper({
    database,
    idle: times.idle,
    clock,
    logger,
    also: [() => deletion.sweep(), () => anonymous.sweep()],
  });
  return inOwnHands<Auth>({
    definition,
    addressOf: async (user) => (await parts.accounts.find(database, user))?.address ?? null,
    isProved: (me) => isProvedOwner(parts, database, me),
    nameOf: (me) => nameOf(records, users, me),
    sessions,
    signUp: logged("signUp", createSignUp(parts), logger),
    signIn: logged("signIn", createSignIn(parts, times.idle), logger),
    passwordReset: logged("passwordReset", createPasswordReset(parts), logger),
    signInLink: logged("signInLink", createSignInLink(parts), logger),
    signInCode: logged("signInCode", createSignInCode(parts), logger),
    verifyAddress: logged("verifyAddress", createVerifyAddress(parts), logger),
    addressChange: logged("addressChange", createAddressChange(parts), logger),
    factors: loggedFactors(createFactors(parts, { verifier, logger }), logger),
    oauth: loggedOAuth(createOAuth(parts, { clients: options.clients ?? new Map(), logger }), logger),
    firstAdmin: logged("firstAdmin", createFirstAdmin(parts), logger),
    anonymous: logged("anonymous", anonymous, logger),
    exportAccount: (me, take, signal) =>
      exportAccount({ ...parts, idle: times.idle }, me, take, {
        signal,
        allow: (connection) => provedOwner(parts, connection, me),
      }),
    deletion: logged("deletion", deletion, logger),
    organisations: openOrganisations(parts, logger),
    keys: definition.keys && logged("keys", createApiKeys(parts, definition.keys, options.reach ?? noReach), logger),
    impersonation,
    checkKey: definition.keys && ((key) => keyChecks.check(key)),
    provider: provider && createProvider({ ...parts, provider, keys: signingKeys, idle: times.idle, logger }),
    obey: loggedOrders((order) => obeyUserOrder(parts, order), logger),
    guardTokens: (authenticate) => guardTokens(authenticate, { database, users, good }),
    async close() {
      await sweeper.close();
      if (options.verifier === undefined) await verifier.close();
      await sessions.close();
      await keyChecks.close();
      impersonation?.close();
      good.close();
      stopListening();
      stopHolding();
    },
  });
}
