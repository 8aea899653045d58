import { AppError } from "chassis";
import type { Page } from "../design/layout.ts";
import { signInPage } from "../pages/sign-in.ts";
import { emptyForm } from "../pages/views.ts";
import { ownAddress } from "./forms.ts";
import { seeOther } from "./respond.ts";
import { endedSession, sessionCookie } from "./session.ts";
import type { Route, Visit } from "./visit.ts";

/** Says who a token is of; throws `AppError` (401) for one that is not good. */
export type CheckToken = (token: string, request: Request) => Promise<unknown>;

/** Signing in with a token from the command line: it is checked, then kept in a cookie. */
export function signInRoutes(checkToken: CheckToken): readonly Route[] {
  async function signIn({ form, request }: Visit): Promise<Page | Response> {
    const token = (form["token"] ?? "").trim();
    const to = ownAddress(form["to"], "/account");
    // Nothing but these characters stands in a token, and none of them means anything in a cookie.
    const problem = /^[A-Za-z0-9._~+/=-]{1,4000}$/.test(token)
      ? await problemOf(token, request)
      : "This is not a token. Copy the whole of it, without spaces.";
    if (problem !== undefined) return signInPage({ to, form: { values: {}, problems: { token: problem } }, status: 422 });
    return seeOther(to, sessionCookie(request, token));
  }

  async function problemOf(token: string, request: Request): Promise<string | undefined> {
    try {
      await checkToken(token, request);
      return undefined;
    } catch (error) {
      if (error instanceof AppError && error.status === 401)
        return error.error === "expiredToken"
          ? "This token has expired or was revoked. Ask for a new one."
          : "This token is not valid here.";
      throw error;
    }
  }

  return [
    {
      method: "GET",
      path: "/sign-in",
      handler: ({ url }) =>
        signInPage({
          to: ownAddress(url.searchParams.get("to"), "/account"),
          form: emptyForm,
          ended: url.searchParams.has("ended"),
        }),
    },
    { method: "POST", path: "/sign-in", handler: signIn },
    { method: "POST", path: "/sign-out", handler: ({ request }) => seeOther("/", endedSession(request)) },
  ];
}
