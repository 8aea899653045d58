import type { Auth, AuthRequest, GivenPasskey, PendingSignIn } from "#application";
import type { Actor } from "#contract";
import type { Answer, Exchange } from "../../http/exchange.ts";
import type { Form } from "./read-form.ts";
import type { Speech } from "./speech.ts";
import type { VisitState } from "./visit-state.ts";

/** A request for a page of sign-in, and what the page needs to answer it. */
export interface Visit extends Speech {
  readonly exchange: Exchange;
  readonly auth: Auth;
  readonly request: AuthRequest;
  /** What was filled in where the form was sent, else what the address names. */
  readonly given: Form;
  /** Where they want to go after, within this site. */
  readonly to: string | undefined;
  /** What they are taken to where they want to go nowhere. */
  readonly home: string;
  readonly state: VisitState;
  /** What this browser was given when it signed up; undefined for another one. */
  readonly continuation: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where mails of development are; undefined elsewhere. */
  readonly mailbox: string | undefined;
  /** The copy of what is kept of somebody, as a file. Throws `proofRequired`. */
  readonly giveExport: (me: SignedIn) => Promise<Answer>;
  /** Under which people reach this server. */
  readonly origin: string;
  /** Who asks, by their session; null for nobody, and where it is over. */
  readonly me: Actor | null;
  /** Who asks. Throws `signInRequired`, whose answer is the page to sign in on. */
  readonly signedIn: () => SignedIn;
  /** To another page (303), with something to remember or forget. */
  readonly go: (path: string, keep?: { readonly state?: VisitState | null; readonly cookies?: readonly string[] }) => Answer;
  /** On with a session that begins or goes on under another token, to where they wanted to go; with half a sign-in to its other half. */
  readonly enter: (outcome: SignInResult, to?: string) => Answer;
  /** What keeps a session in the browser, in place of whatever led to it. */
  readonly keepSession: (token: string) => readonly string[];
  /** A cookie that tells this browser from all others, for a page whose form may come twice: see `createSentTwice`. */
  readonly mark: () => string;
  /** Half a sign-in that waits for a second factor; undefined for none. */
  readonly pending: string | undefined;
  /** What a passkey answered, with the question; undefined where the form is another one. */
  readonly passkey: GivenPasskey | undefined;
  /** What this browser keeps of signing in by other sites. */
  readonly oauth: {
    /** Of a sign-in that is under way there. */
    readonly journey: string | undefined;
    readonly keepJourney: (browser: string, milliseconds: number) => string;
    /** Of somebody who is to have an account. */
    readonly continuation: string | undefined;
    readonly forgetContinuation: string;
  };
  /** What keeps something between pages, where it is not `go` that leads on. */
  readonly keepState: (state: VisitState) => string;
  /** The token of an invitation whose link was followed in this browser. */
  readonly invitation: string | undefined;
  /** What keeps it there while somebody signs in or up; undefined takes it away. */
  readonly keepInvitation: (token: string | undefined) => string;
  /** What takes the cookie of the session away. */
  readonly leave: string;
  /** What keeps the browser's part of a sign-up; undefined takes it away. */
  readonly keepContinuation: (continuation: string | undefined) => string;
}

export type SignedIn = Actor & { readonly session: NonNullable<Actor["session"]> };

/** What a way in ends with: a session, or half a sign-in that waits for a second factor. */
export type SignInResult = { readonly token: string } | Pick<PendingSignIn, "pending" | "factors">;
