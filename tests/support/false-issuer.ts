import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from "jose";
import type { Scope } from "./temporary-folder.ts";

export type Claims = Readonly<Record<string, unknown>>;
type Change<T> = (usual: T) => unknown;

/** What an issuer does otherwise than it should. */
export interface Lies {
  readonly description?: Change<Claims>;
  readonly keys?: Change<{ readonly keys: readonly JWK[] }>;
  readonly claims?: Change<Claims>;
  readonly header?: Partial<JWTHeaderParameters>;
  /** Writes the ID token. */
  readonly sign?: (claims: Claims) => Promise<string> | string;
  readonly token?: Change<Claims>;
  readonly userinfo?: Change<Claims>;
  /** What the browser is sent back with. */
  readonly back?: (given: URLSearchParams) => void;
  /** Answers in its place; true where it did. */
  readonly answer?: (path: string, response: ServerResponse, request: IncomingMessage) => boolean;
}

/** An issuer of OpenID Connect on this machine, by which somebody signs in at once, and that does what it is told to do wrong. */
export interface FalseIssuer {
  readonly url: string;
  /** Who signs in. */
  person: Claims;
  lies: Lies;
  readonly keyPair: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
  /** Each request, as method and path. */
  readonly asked: string[];
  /** Bodies that came to the token endpoint. */
  readonly redeemed: URLSearchParams[];
}

export async function startFalseIssuer(t: Scope): Promise<FalseIssuer> {
  const keyPair = await generateKeyPair("RS256", { extractable: true });
  const jwk: JWK = { ...(await exportJWK(keyPair.publicKey)), kid: "1", alg: "RS256", use: "sig" };
  const codes = new Map<string, URLSearchParams>();
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(async () => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own: FalseIssuer = { url, person: { sub: "1" }, lies: {}, keyPair, asked: [], redeemed: [] };

  const json = (response: ServerResponse, body: unknown, status = 200): void =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    own.asked.push(`${request.method} ${pathname}`);
    const { lies } = own;
    if (lies.answer?.(pathname, response, request) === true) return;
    switch (pathname) {
      case "/.well-known/openid-configuration": {
        const usual = {
          issuer: url,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
          jwks_uri: `${url}/jwks`,
          userinfo_endpoint: `${url}/userinfo`,
          id_token_signing_alg_values_supported: ["RS256"],
        };
        return json(response, lies.description?.(usual) ?? usual);
      }
      case "/jwks":
        return json(response, lies.keys?.({ keys: [jwk] }) ?? { keys: [jwk] });
      case "/authorize": {
        const code = randomUUID();
        codes.set(code, searchParams);
        const back = new URLSearchParams({ code, state: searchParams.get("state") ?? "" });
        lies.back?.(back);
        response.writeHead(302, { location: `${searchParams.get("redirect_uri")}?${back}` }).end();
        return;
      }
      case "/token": {
        const body = new URLSearchParams(await text(request));
        own.redeemed.push(body);
        const begun = codes.get(body.get("code") ?? "");
        codes.delete(body.get("code") ?? "");
        const challenge = createHash("sha256")
          .update(body.get("code_verifier") ?? "")
          .digest("base64url");
        const isRight = begun?.get("code_challenge") === challenge && begun.get("redirect_uri") === body.get("redirect_uri");
        if (begun === undefined || !isRight) return json(response, { error: "invalid_grant" }, 400);
        const now = Math.floor(Date.now() / 1000);
        const usual = {
          iss: url,
          aud: begun.get("client_id"),
          iat: now,
          exp: now + 300,
          nonce: begun.get("nonce"),
          ...own.person,
        };
        const claims = (lies.claims?.(usual) ?? usual) as Claims;
        const header = { alg: "RS256", kid: "1", ...lies.header };
        const id_token =
          (await lies.sign?.(claims)) ?? (await new SignJWT(claims).setProtectedHeader(header).sign(keyPair.privateKey));
        const answer = { access_token: randomUUID(), token_type: "Bearer", expires_in: 300, id_token };
        return json(response, lies.token?.(answer) ?? answer);
      }
      case "/userinfo":
        return json(response, lies.userinfo?.(own.person) ?? own.person);
      default:
        response.writeHead(404).end();
    }
  }
  return own;
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
