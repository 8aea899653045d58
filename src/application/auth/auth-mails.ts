import type { Connection } from "#database";

/** What sign-in has to tell somebody by mail. Links are whole addresses, and secret. */
export type AuthMessage =
  /** To finish signing up. */
  | { readonly type: "confirmSignUp"; readonly link: string }
  /** Somebody tried to sign up with an address that has an account. */
  | { readonly type: "alreadySignedUp"; readonly link: string }
  | { readonly type: "confirmAddress"; readonly link: string }
  | { readonly type: "resetPassword"; readonly link: string }
  | { readonly type: "passwordChanged"; readonly link: string }
  | { readonly type: "signInLink"; readonly link: string }
  | { readonly type: "signInCode"; readonly code: string }
  /** To the address as it was: a change is wanted. */
  | { readonly type: "approveAddressChange"; readonly link: string; readonly address: string }
  /** To the address that is to be: mail reaches it. */
  | { readonly type: "confirmAddressChange"; readonly link: string }
  /** Another way to sign in, or one less: each with a link for whoever did not do that. */
  | { readonly type: "totpAdded"; readonly link: string }
  | { readonly type: "totpRemoved"; readonly link: string }
  | { readonly type: "passkeyAdded"; readonly link: string }
  | { readonly type: "passkeyRemoved"; readonly link: string }
  | { readonly type: "recoveryCodesMade"; readonly link: string }
  /** `left`: how many codes there are still. */
  | { readonly type: "recoveryCodeUsed"; readonly link: string; readonly left: string }
  /** Another site by which somebody signs in, or one less: `provider` is what it is called. */
  | { readonly type: "identityConnected"; readonly link: string; readonly provider: string }
  | { readonly type: "identityDisconnected"; readonly link: string; readonly provider: string }
  /** Those who run the server took all of them away. */
  | { readonly type: "factorsReset"; readonly link: string }
  /** The account goes once `left` days are over, unless the link is followed. */
  | { readonly type: "deletionAsked"; readonly link: string; readonly left: string }
  | { readonly type: "accountDeleted" }
  /** To whoever has the address, whether or not they have an account. `organisation`: what may stand in a mail of what it is called. */
  | { readonly type: "invitation"; readonly link: string; readonly organisation: string }
  /** An administrator acts as them, for that reason. */
  | { readonly type: "impersonated"; readonly link: string; readonly reason: string }
  /** A key for programs was made; `name` is what its owner calls it. */
  | { readonly type: "keyMade"; readonly link: string; readonly name: string }
  /** To the address as it was: it has been changed. */
  | { readonly type: "addressChanged"; readonly address: string };

export interface AuthLetter {
  /** The address that is kept, never one that somebody typed. */
  readonly to: string;
  /** What its reader reads (RFC 5646), where that is known. */
  readonly language?: string | undefined;
  readonly message: AuthMessage;
}

/** Hands a letter over in the transaction of that connection: it is sent once that is kept, and not at all where it is not. */
export type SendAuthMail = (connection: Connection, letter: AuthLetter) => Promise<void>;
