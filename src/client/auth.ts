import type { CallOptions } from "./call-options.ts";
import { ChassisError } from "./chassis-error.ts";
import type { ApiRequest } from "./request.ts";
import { segment } from "./segment.ts";
import { saidWith, type Transport } from "./transport.ts";
import type { SessionListener } from "./watch-session.ts";

type Method = ApiRequest["method"];

/**
 * What each call asks: its method, and its path below `/auth/v1`. `{}` stands for the first argument. With `*` a session may begin, which is
 * asked for as a token where the client keeps one.
 */
const calls: Readonly<Record<string, string>> = {
  signUp: "POST sign-up",
  confirmSignUp: "POST* sign-up/confirm",
  signInAnonymously: "POST* anonymous",
  signIn: "POST* sign-in",
  signInWithFactor: "POST* sign-in/factor",
  sendLink: "POST link",
  signInWithLink: "POST* link/use",
  sendCode: "POST code",
  signInWithCode: "POST* code/use",
  signInWithPasskey: "POST* sign-in/passkey",
  providers: "GET oauth",
  signInWithProvider: "POST oauth/{}",
  signOut: "POST sign-out",
  sessions: "GET sessions",
  endSession: "DELETE sessions/{}",
  prove: "POST prove",
  changePassword: "POST password",
  forgotPassword: "POST password/forgot",
  resetPassword: "POST password/reset",
  changeAddress: "POST address",
  confirmAddress: "POST address/confirm",
  verifyAddress: "POST address/verify",
  confirmVerification: "POST address/verify/confirm",
  factors: "GET factors",
  addTotp: "POST totp",
  confirmTotp: "POST* totp/confirm",
  removeTotp: "DELETE totp",
  newRecoveryCodes: "POST recovery-codes",
  passkeys: "GET passkeys",
  addPasskey: "POST* passkeys",
  renamePasskey: "PATCH passkeys/{}",
  removePasskey: "DELETE passkeys/{}",
  deleteAccount: "DELETE account",
  keepAccount: "POST account/keep",
};

/** Whose input, where there is some, stands before the options. */
const withoutInput: ReadonlySet<string> = new Set(["signOut", "verifyAddress", "newRecoveryCodes"]);

/** After these nobody is signed in. */
const ending: ReadonlySet<string> = new Set(["signOut", "resetPassword"]);

const passkeyPaths: Readonly<Record<string, string>> = {
  signIn: "sign-in/passkey/options",
  factor: "sign-in/factor/options",
  prove: "prove/options",
  add: "passkeys/options",
};

/** What ends the session that asks: `sessions?others=true` does not. */
const endingPath = /^(sign-out|password\/reset|sessions)$/;

/** `tell` hears of whoever is signed in from then on. */
export function createAuth(transport: Transport, tell: SessionListener): object {
  const { token } = transport.options;
  const keep = async (value: string | undefined): Promise<void> => {
    if (typeof token !== "object") return;
    await token.set(value);
    if (value === undefined) tell(null);
  };

  async function request(method: Method, path: string, body?: object, options?: CallOptions): Promise<unknown> {
    const sent = body ?? (method === "POST" ? {} : undefined);
    const answer = await transport.send(
      { method, path: `/auth/v1/${path}`, ...(sent === undefined ? {} : { body: sent }) },
      options,
    );
    // Whoever was nobody may be somebody now.
    if (method !== "GET") transport.forget();
    const given = answer.body as { readonly token?: string; readonly user?: string | number } | undefined;
    if (typeof given?.token === "string") await keep(given.token);
    // Options of passkeys change nothing.
    if (method !== "GET" && !path.endsWith("options")) tell(endingPath.test(path) ? null : given?.user);
    return given;
  }

  async function call(name: string, [method = "", path = ""]: readonly string[], given: unknown[]): Promise<unknown> {
    const verb = method.replace("*", "") as Method;
    const to = path.includes("{}") ? path.replace("{}", () => segment(String(given.shift()), `${name}: this is no id.`)) : path;
    const input =
      verb === "GET" || verb === "DELETE" || withoutInput.has(name) ? undefined : (given.shift() as object | undefined);
    const delivery = method !== verb && token !== undefined ? { session: "token" } : {};
    try {
      return await request(verb, to, verb === "POST" ? { ...input, ...delivery } : input, given.shift() as CallOptions);
    } catch (error) {
      const said = error instanceof ChassisError ? saidWith.get(error)?.body : undefined;
      const { factors, pending } = (said ?? {}) as { readonly factors?: unknown; readonly pending?: unknown };
      if (factors === undefined) throw error;
      await keep(undefined);
      return { factors, ...(pending === undefined ? {} : { pending }) };
    } finally {
      if (ending.has(name)) await keep(undefined);
    }
  }

  return {
    ...Object.fromEntries(
      Object.entries(calls).map(([name, route]) => [name, (...given: unknown[]) => call(name, route.split(" "), given)]),
    ),
    request,
    async session(options?: CallOptions) {
      const found = (await request("GET", "session", undefined, options)) as { readonly user: unknown };
      return found.user === null ? null : found;
    },
    async endSessions(input?: { readonly others?: boolean }, options?: CallOptions) {
      const others = input?.others === true;
      const ended = await request("DELETE", `sessions${others ? "?others=true" : ""}`, undefined, options);
      if (!others) await keep(undefined);
      return ended;
    },
    passkeyOptions: (purpose: string, input?: object, options?: CallOptions) =>
      request("POST", passkeyPaths[purpose] ?? purpose, input, options),
  };
}
