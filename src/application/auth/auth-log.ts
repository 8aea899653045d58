import type { Logger } from "#base";
import { type Actor, AppError } from "#contract";
import { callerFields } from "../access/caller-fields.ts";
import type { Factors } from "./factors/factors.ts";
import type { OAuth } from "./oauth/oauth.ts";
import type { UserOrder, UserOrderOutcome } from "./user-orders.ts";

/** What is written down of sign-in (ASVS 5.0, 16.3.1), by the part and the function that does it: what happened, where it went well. */
const events: Readonly<Record<string, string>> = {
  "signUp.signUp": "Somebody asked to sign up.",
  "signUp.confirm": "Somebody signed up.",
  "signIn.signIn": "Somebody gave their password.",
  "signIn.signOut": "Somebody signed out.",
  "signIn.signOutEverywhere": "Somebody ended their sessions.",
  "signIn.endSession": "Somebody ended one of their sessions.",
  "signIn.prove": "Somebody gave their password once more.",
  "signIn.changePassword": "Somebody changed their password.",
  "passwordReset.request": "Somebody asked for a new password.",
  "passwordReset.reset": "Somebody set a new password by a link.",
  "signInLink.request": "Somebody asked for a link that signs in.",
  "signInLink.use": "Somebody followed a link that signs in.",
  "signInCode.request": "Somebody asked for a code that signs in.",
  "signInCode.use": "Somebody gave a code that signs in.",
  "verifyAddress.confirm": "Somebody confirmed their address.",
  "addressChange.request": "Somebody asked for another address.",
  "addressChange.confirm": "Somebody followed a link for another address.",
  "factors.finish": "Somebody showed the second factor of a sign-in.",
  "factors.prove": "Somebody showed a second factor once more.",
  "totp.begin": "Somebody began to set up an authenticator app.",
  "totp.confirm": "Somebody set up an authenticator app.",
  "totp.remove": "Somebody removed their authenticator app.",
  "recoveryCodes.renew": "Somebody made new recovery codes.",
  "passkeys.add": "Somebody added a passkey.",
  "passkeys.signIn": "Somebody signed in by a passkey.",
  "passkeys.remove": "Somebody removed a passkey.",
  "deletion.request": "Somebody deleted their account, or asked for it.",
  "deletion.keep": "Somebody kept the account that they had asked to delete.",
  "keys.make": "Somebody made a key.",
  "keys.revoke": "Somebody revoked a key of theirs.",
  "oauth.begin": "Somebody went to another site to sign in.",
  "oauth.finish": "Somebody came back from another site.",
  "oauth.disconnect": "Somebody disconnected a site from their account.",
  "oauthSignUp.finish": "Somebody filled in what was missing to sign up by another site.",
  "oauthSignUp.confirm": "Somebody signed up by another site.",
  "anonymous.begin": "Somebody began without signing up.",
  "provider.authorize": "Somebody signed in to an app.",
  "provider.allow": "Somebody allowed an app to use their account.",
  "provider.removeApp": "Somebody took back what they had allowed an app.",
  "provider.exchange": "An app changed a code for tokens.",
  "provider.refresh": "An app changed a refresh token for others.",
  "provider.revoke": "An app ended a token.",
  "firstAdmin.claim": "Somebody became the first administrator.",
  "organisations.create": "Somebody made an organisation.",
  "members.changeRole": "Somebody changed the role of a member.",
  "members.remove": "Somebody took a member out of an organisation, or left it.",
  "invitations.invite": "Somebody invited an address.",
  "invitations.resend": "Somebody sent an invitation once more.",
  "invitations.withdraw": "Somebody withdrew an invitation.",
  "invitations.accept": "Somebody accepted an invitation.",
  "invitations.decline": "Somebody declined an invitation.",
};

type Method = (...given: readonly unknown[]) => unknown;

/**
 * The same functions, which write a line about each attempt: whose it was, from where, and how it ended, by the code of its error where it
 * was refused. No address, password, token or code is ever in one. What the server is to blame for is logged where it is answered.
 */
export function logged<T extends object>(part: string, functions: T, logger: Logger): T {
  const wrapped = Object.entries(functions).map(([name, method]: [string, Method]) => {
    const event = `${part}.${name}`;
    const message = events[event];
    return [name, message === undefined ? method : attempt(event, message, { method, logger })] as const;
  });
  return Object.fromEntries(wrapped) as T;
}

/** The same for each part of second factors. */
export function loggedFactors(factors: Factors, logger: Logger): Factors {
  const parts = {
    totp: logged("totp", factors.totp, logger),
    recoveryCodes: logged("recoveryCodes", factors.recoveryCodes, logger),
    passkeys: logged("passkeys", factors.passkeys, logger),
  };
  return logged("factors", { ...factors, ...parts }, logger);
}

/** The same for signing in by other sites. */
export function loggedOAuth(oauth: OAuth, logger: Logger): OAuth {
  return logged("oauth", { ...oauth, signUp: logged("oauthSignUp", oauth.signUp, logger) }, logger);
}

type Obey = (order: UserOrder) => Promise<UserOrderOutcome>;

/** The same for what those who run the server ask about people. */
export function loggedOrders(obey: Obey, logger: Logger): Obey {
  return async (order) => {
    const outcome = await obey(order);
    const ended = "user" in outcome ? { user: outcome.user } : "refused" in outcome ? { refused: true } : outcome;
    logger.info({ event: `users.${order.action}`, ...ended }, "Somebody who runs the server steered an account.");
    return outcome;
  };
}

function attempt(
  event: string,
  message: string,
  { method, logger }: { readonly method: Method; readonly logger: Logger },
): Method {
  return async (...given) => {
    const about = { event, ...readRequest(given) };
    try {
      const result = await method(...given);
      logger.info({ ...about, ...readUser(result) }, message);
      return result;
    } catch (error) {
      if (error instanceof AppError && error.status < 500) logger.info({ ...about, refused: error.code }, message);
      throw error;
    }
  };
}

/** The request and the caller among what a function was given. */
function readRequest(given: readonly unknown[]): object {
  const found: { requestId?: string; client?: string } = {};
  for (const each of given) {
    if (typeof each !== "object" || each === null) continue;
    if ("me" in each) Object.assign(found, callerFields(each.me as Actor | null));
    else if ("client" in each) {
      const { requestId, client } = each as { readonly requestId?: string; readonly client: { readonly address?: string } };
      if (requestId !== undefined) found.requestId = requestId;
      if (client.address !== undefined) found.client = client.address;
    } else if ("roles" in each && "id" in each) Object.assign(found, callerFields(each as Actor));
  }
  return found;
}

function readUser(result: unknown): object {
  return typeof result === "object" && result !== null && "user" in result && typeof result.user === "string"
    ? { user: result.user }
    : {};
}
