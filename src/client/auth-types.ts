import type { AnySchema, Insert, KeyOf, TableName } from "#data-types";
import type { CallOptions } from "./call-options.ts";

type UserId<S extends AnySchema> = "users" extends TableName<S> ? KeyOf<S, "users"> : string | number;

/** The row in `users`, which whoever signs up makes as themselves; left out where no field of it has to be given. */
type NewUser<S extends AnySchema> =
  "users" extends TableName<S>
    ? Readonly<Record<never, never>> extends Insert<S, "users">
      ? { readonly user?: Insert<S, "users"> }
      : { readonly user: Insert<S, "users"> }
    : { readonly user?: object };

/** A session that has begun, or goes on. */
export interface SignedIn<S extends AnySchema> {
  readonly user: UserId<S>;
  /** The id of the session. */
  readonly session: string;
  /** When it ends at the latest (ISO 8601); left out where a session goes on. */
  readonly expires?: string;
  /** Where the client has a `token`: what to ask with from now on. A store has it already. */
  readonly token?: string;
}

/** Half of a sign-in: `signInWithFactor` is the other half. */
export interface FactorNeeded {
  /** What can be shown; empty where one has to be set up first, with `addTotp`. */
  readonly factors: readonly FactorName[];
  /** Where the client has a `token`: what to give with the factor. Else it is a cookie. */
  readonly pending?: string;
}

export type FactorName = "totp" | "passkey" | "recovery";

/** `if ("factors" in outcome)` tells the two apart. */
export type SignInOutcome<S extends AnySchema> = SignedIn<S> | FactorNeeded;

/** Who is asking, and what they have shown. */
export interface CurrentSession<S extends AnySchema> {
  readonly user: UserId<S>;
  readonly email: string | null;
  readonly verified: boolean;
  readonly roles: readonly string[];
  readonly session: { readonly id: string; readonly proofs: readonly string[]; readonly proved: string };
  /** Of an administrator who acts as this user. */
  readonly impersonator?: {
    readonly id: string | number;
    readonly reason: string;
    readonly since: string;
    readonly until: string;
  };
}

/** A place where somebody is signed in. */
export interface SessionListed {
  readonly id: string;
  readonly created: string;
  /** To the minute. */
  readonly used: string;
  readonly expires: string;
  readonly proofs: readonly string[];
  readonly address: string | null;
  readonly agent: string | null;
  readonly current: boolean;
  /** Of an administrator who acts as `user` just now: as whoever asks, or they as somebody. `used` is when that began. */
  readonly impersonation?: { readonly user: string; readonly reason: string };
}

export interface FactorsListed {
  readonly totp: { readonly created: string } | null;
  readonly passkeys: readonly PasskeyListed[];
  readonly recoveryCodes: number;
  /** Whether a password, a link or a code by mail alone do not sign them in. */
  readonly demanded: boolean;
}

export interface PasskeyListed {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly used: string | null;
  readonly synced: boolean;
}

export interface TotpEnrolment {
  /** What goes with the code: for a quarter of an hour. */
  readonly enrolment: string;
  readonly secret: string;
  /** `otpauth://totp/...` */
  readonly uri: string;
  /** SVG: the same as a QR code. */
  readonly qr: string;
}

/** One of these. */
interface GivenFactor {
  readonly totp?: string;
  readonly recovery?: string;
  /** The JSON form of what `navigator.credentials.get` gave. */
  readonly passkey?: object;
}

interface Sent {
  readonly sent: true;
}

/** Recovery codes are shown this once. */
interface FactorAdded<S extends AnySchema> extends SignedIn<S> {
  readonly recoveryCodes?: readonly string[];
}

/**
 * Signing in and out, over `/auth/v1`. The session is a cookie, or a token where the client has a `token`. None of these is sent again by itself,
 * but for what only reads.
 */
export interface AuthClient<S extends AnySchema> {
  /** A link goes to the address, whether or not it has an account. */
  signUp(input: { readonly email: string; readonly password: string } & NewUser<S>, options?: CallOptions): Promise<Sent>;
  /** With the token of that link. A browser that did not sign up needs the password too. */
  confirmSignUp(input: { readonly token: string; readonly password?: string }, options?: CallOptions): Promise<SignedIn<S>>;
  /** For somebody who has not signed up yet. Whoever has a session goes on with it. */
  signInAnonymously(input?: NewUser<S>, options?: CallOptions): Promise<SignedIn<S>>;

  /** By password. `wrongCredentials` where the two do not belong together. */
  signIn(input: { readonly email: string; readonly password: string }, options?: CallOptions): Promise<SignInOutcome<S>>;
  /** The other half of a sign-in. `wrongCode`, `wrongPasskey`; `usedLink` where it has to begin again. */
  signInWithFactor(input: GivenFactor & { readonly pending?: string }, options?: CallOptions): Promise<SignedIn<S>>;
  sendLink(input: { readonly email: string }, options?: CallOptions): Promise<Sent>;
  /** With the token of the link that came by mail. */
  signInWithLink(input: { readonly token: string }, options?: CallOptions): Promise<SignInOutcome<S>>;
  /** A code goes to the address. Whoever asks again within a minute gives the `request` from before. */
  sendCode(
    input: { readonly email: string; readonly request?: string },
    options?: CallOptions,
  ): Promise<Sent & { readonly request: string }>;
  signInWithCode(input: { readonly request: string; readonly code: string }, options?: CallOptions): Promise<SignInOutcome<S>>;
  /** What a browser makes or finds a passkey with: for `PublicKeyCredential.parseRequestOptionsFromJSON` and its sibling. */
  passkeyOptions(
    purpose: "signIn" | "factor" | "prove" | "add",
    input?: { readonly pending?: string },
    options?: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>>;
  signInWithPasskey(input: { readonly response: object }, options?: CallOptions): Promise<SignedIn<S>>;
  /** The other sites to sign in by. */
  providers(options?: CallOptions): Promise<readonly { readonly name: string; readonly title: string }[]>;
  /** Where the browser is to go: `location.assign((await api.auth.signInWithProvider("google")).location)`. */
  signInWithProvider(
    name: string,
    input?: { readonly to?: string; readonly intent?: string },
    options?: CallOptions,
  ): Promise<{ readonly location: string }>;
  signOut(options?: CallOptions): Promise<void>;

  /** Null for nobody. */
  session(options?: CallOptions): Promise<CurrentSession<S> | null>;
  /** Where one is signed in. */
  sessions(options?: CallOptions): Promise<readonly SessionListed[]>;
  endSession(id: string, options?: CallOptions): Promise<void>;
  /** All of them, or all but the one that asks. */
  endSessions(input?: { readonly others?: boolean }, options?: CallOptions): Promise<{ readonly ended: number }>;
  /** Shows once more who one is: for what asks for a recent proof (`proofRequired`). */
  prove(input: GivenFactor & { readonly password?: string }, options?: CallOptions): Promise<SignedIn<S>>;

  /** All other sessions end. */
  changePassword(input: { readonly current: string; readonly password: string }, options?: CallOptions): Promise<SignedIn<S>>;
  /** A link goes to the account of that address, if there is one. */
  forgotPassword(input: { readonly email: string }, options?: CallOptions): Promise<Sent>;
  /** With the token of that link. All sessions end: one signs in anew. */
  resetPassword(input: { readonly token: string; readonly password: string }, options?: CallOptions): Promise<void>;
  /** Links go to the new address and to the present one; both are to be followed. */
  changeAddress(input: { readonly email: string }, options?: CallOptions): Promise<Sent>;
  confirmAddress(input: { readonly token: string }, options?: CallOptions): Promise<{ readonly changed: boolean }>;
  verifyAddress(options?: CallOptions): Promise<Sent>;
  confirmVerification(input: { readonly token: string }, options?: CallOptions): Promise<void>;

  factors(options?: CallOptions): Promise<FactorsListed>;
  /** An authenticator app: what to show, until `confirmTotp` has its first code. */
  addTotp(input?: { readonly pending?: string }, options?: CallOptions): Promise<TotpEnrolment>;
  confirmTotp(
    input: { readonly enrolment: string; readonly code: string; readonly pending?: string },
    options?: CallOptions,
  ): Promise<FactorAdded<S>>;
  removeTotp(options?: CallOptions): Promise<void>;
  /** New ones; those from before are good no more. */
  newRecoveryCodes(options?: CallOptions): Promise<{ readonly recoveryCodes: readonly string[] }>;
  passkeys(options?: CallOptions): Promise<readonly PasskeyListed[]>;
  addPasskey(
    input: { readonly response: object; readonly name: string; readonly pending?: string },
    options?: CallOptions,
  ): Promise<FactorAdded<S> & { readonly passkey: string }>;
  renamePasskey(id: string, input: { readonly name: string }, options?: CallOptions): Promise<void>;
  removePasskey(id: string, options?: CallOptions): Promise<void>;

  /** The end of the account: at once, or on the day `due`. */
  deleteAccount(options?: CallOptions): Promise<{ readonly deleted: boolean; readonly due?: string }>;
  /** With the token of the mail that says so: the account stays. */
  keepAccount(input: { readonly token: string }, options?: CallOptions): Promise<void>;

  /**
   * Everything else under `/auth/v1`, as docs/reference/auth.md has it: `request("GET", "organisations")`. An object of the body is sent as JSON. The
   * answer is what the page says: nothing checks it.
   */
  request<R = unknown>(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: object,
    options?: CallOptions,
  ): Promise<R>;
}
