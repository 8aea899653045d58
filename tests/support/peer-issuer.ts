import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type CryptoKey, decodeJwt, exportJWK, generateKeyPair, SignJWT } from "jose";
import Peer from "oidc-provider";
import type { Scope } from "./temporary-folder.ts";

export interface Person {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly email_verified: boolean;
}

/** oidc-provider, which is certified, as an issuer on this machine that signs somebody in without a question. */
export interface PeerIssuer {
  readonly url: string;
  /** Who signs in there. */
  person: Person;
  /** Writes the claims of ID tokens otherwise: they are signed anew, by the same key. */
  change: ((claims: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>) | undefined;
  /** The app that it knows. */
  register(app: { readonly id: string; readonly secret: string; readonly callback: string }): void;
  /** From now on it signs by another key and publishes that one alone. */
  rotate(): Promise<void>;
}

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

export async function startPeerIssuer(t: Scope): Promise<PeerIssuer> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => void response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  t.after(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  let app: Parameters<PeerIssuer["register"]>[0] | undefined;
  let key = await newKey(1);
  let running: Peer | undefined;

  const own: PeerIssuer = {
    url,
    person: { sub: "1", name: "Ada", email: "ada@peer.example", email_verified: true },
    change: undefined,
    register(given) {
      app = given;
      running = undefined;
    },
    async rotate() {
      key = await newKey(Number(key.kid) + 1);
      running = undefined;
    },
  };

  async function provider(): Promise<Peer> {
    running ??= new Peer(url, {
      clients: [
        {
          client_id: app?.id,
          client_secret: app?.secret,
          redirect_uris: [app?.callback],
          response_types: ["code"],
          grant_types: ["authorization_code"],
        },
      ],
      jwks: { keys: [{ ...(await exportJWK(key.privateKey)), kid: key.kid, alg: "RS256", use: "sig" }] },
      claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
      pkce: { required: () => true },
      cookies: { keys: ["a key of the test"] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: () => "/interaction" },
      findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ ...own.person, sub: id }) }),
      loadExistingGrant: async ({
        oidc,
      }: {
        readonly oidc: Readonly<Record<string, { readonly accountId: string } & { readonly clientId: string }>>;
      }) => {
        const granting = new (await provider()).Grant({
          accountId: oidc["session"]?.accountId,
          clientId: oidc["client"]?.clientId,
        });
        granting.addOIDCScope("openid profile email");
        await granting.save();
        return granting;
      },
    });
    return running;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const peer = await provider();
    const path = request.url ?? "/";
    if (path.startsWith("/interaction"))
      return peer.interactionFinished(request, response, { login: { accountId: own.person.sub } });
    if (path === "/token" && own.change !== undefined) rewrite(response, own.change, key);
    return peer.callback()(request, response);
  }
  return own;
}

/** Has the ID token of an answer say something else, truly signed. */
function rewrite(response: ServerResponse, change: NonNullable<PeerIssuer["change"]>, { kid, privateKey }: Key): void {
  const end = response.end.bind(response) as (body: string) => ServerResponse;
  response.end = ((body: unknown) => {
    const answer = JSON.parse(String(body)) as Readonly<Record<string, unknown>>;
    const said = { ...change(decodeJwt(String(answer["id_token"]))) };
    const signed = new SignJWT(said).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey);
    void signed.then((token) => {
      response.removeHeader("content-length");
      return end(JSON.stringify({ ...answer, id_token: token }));
    });
    return response;
  }) as ServerResponse["end"];
}

async function newKey(number: number): Promise<Key> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { kid: String(number), privateKey };
}

/** What a browser does at the issuer: it keeps its cookies and follows, until it is sent away from there. */
export async function visitIssuer({ url }: PeerIssuer, start: string): Promise<URL> {
  const cookies = new Map<string, string>();
  for (let at = new URL(start), steps = 0; steps < 10; steps++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`${answer.status} ${(await answer.text()).slice(0, 2000)}`);
    at = new URL(location, at);
    if (at.origin !== url) return at;
  }
  throw new Error("It goes round in circles.");
}
