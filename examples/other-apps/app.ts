import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import * as oidc from "openid-client";

export interface AppOptions {
  /** Where people have their accounts: `https://www.example.org`. */
  readonly site: string;
  /** What `chassis client add` printed. */
  readonly id: string;
  readonly secret: string;
  /** Where this app is. */
  readonly own: string;
}

/** An app that has no accounts of its own. */
export async function createApp({ site, id, secret, own }: AppOptions): Promise<Server> {
  const local = site.startsWith("http://localhost") ? { execute: [oidc.allowInsecureRequests] } : {};
  const config = await oidc.discovery(new URL(site), id, secret, undefined, local);
  // What goes with the code that comes back, by the state that this browser was sent with.
  const begun = new Map<string, string>();

  async function signIn(response: ServerResponse): Promise<void> {
    const state = oidc.randomState();
    const verifier = oidc.randomPKCECodeVerifier();
    begun.set(state, verifier);
    const to = oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${own}/callback`,
      scope: "openid profile email",
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
    });
    const cookie = `state=${state}; Path=/callback; HttpOnly; SameSite=Lax; Max-Age=600`;
    response.writeHead(303, { location: to.href, "set-cookie": cookie }).end();
  }

  async function comeBack(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const expectedState = /state=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
    const pkceCodeVerifier = begun.get(expectedState) ?? "";
    begun.delete(expectedState);
    const tokens = await oidc.authorizationCodeGrant(config, url, { pkceCodeVerifier, expectedState });
    const me = tokens.claims();
    const name = typeof me?.["name"] === "string" ? me["name"] : "there";
    response.end(`Hello ${name}, you are ${me?.sub}.`);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", own);
    response.setHeader("content-type", "text/plain; charset=utf-8");
    if (url.pathname === "/sign-in") await signIn(response);
    else if (url.pathname === "/callback") await comeBack(url, request, response);
    else response.end("Nobody is signed in: go to /sign-in.");
  }

  return createServer((request, response) => {
    answer(request, response).catch(() => {
      // They said no, it took too long, or another browser began.
      response.writeHead(400).end("Nobody is signed in. Begin again: /sign-in.");
    });
  });
}
