import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { fetchSafely } from "../../../outgoing/fetch-safely.ts";
import { buildProviders } from "../build-providers.ts";
import { type Arrival, createProviderClient } from "../provider-client.ts";

const verifier = "v".repeat(43);
const journey = { redirect: "https://people.example/back", state: "s", nonce: "n", verifier, maxAge: undefined };
const challenge = createHash("sha256").update(verifier).digest("base64url");
const appleKey = generateKeyPairSync("ec", { namedCurve: "P-256" });
const appleSigner = await generateKeyPair("RS256");
const appleIssuer = "https://appleid.apple.com";

interface Asked {
  readonly site: string;
  readonly body: URLSearchParams;
  readonly accept: string | undefined;
  readonly bearer: boolean;
}

/** What each address answers, in the form of the sites' documentation. */
const answers: Readonly<Record<string, (asked: Asked) => unknown>> = {
  // GitHub answers with a form where nobody asks for JSON.
  "/github.com/login/oauth/access_token": ({ accept }) =>
    accept === "application/json"
      ? { access_token: "gho_x", scope: "read:user,user:email", token_type: "bearer" }
      : "access_token=gho_x",
  "/api.github.com/user": ({ bearer }) =>
    bearer ? { id: 583231, login: "octocat", name: null } : { message: "Bad credentials" },
  "/api.github.com/user/emails": ({ bearer }) =>
    bearer ? [{ email: "octocat@github.example", primary: true, verified: true }] : [],
  "/discord.com/api/oauth2/token": () => ({
    access_token: "x",
    token_type: "Bearer",
    expires_in: 604800,
    refresh_token: "y",
    scope: "identify email",
  }),
  "/discord.com/api/users/@me": ({ bearer }) =>
    bearer ? { id: "80351110224678912", username: "nelly", verified: true, email: "nelly@discord.example" } : {},
  "/appleid.apple.com/.well-known/openid-configuration": () => ({
    issuer: appleIssuer,
    authorization_endpoint: `${appleIssuer}/auth/authorize`,
    token_endpoint: `${appleIssuer}/auth/token`,
    jwks_uri: `${appleIssuer}/auth/keys`,
    id_token_signing_alg_values_supported: ["RS256"],
  }),
  "/appleid.apple.com/auth/keys": async () => ({
    keys: [{ ...(await exportJWK(appleSigner.publicKey)), kid: "a", alg: "RS256", use: "sig" }],
  }),
  async "/appleid.apple.com/auth/token"({ body }) {
    const secret = body.get("client_secret") ?? "";
    const { payload, protectedHeader } = await jwtVerify(secret, appleKey.publicKey, {
      algorithms: ["ES256"],
      issuer: "ABCDE12345",
      audience: appleIssuer,
      subject: "chassis",
    });
    assert.equal(protectedHeader.kid, "KEY1234567");
    // Apple takes none that is good for longer than six months.
    assert.ok(Number(payload.exp) - Number(payload.iat) <= 15_777_000);
    const id_token = await new SignJWT({ nonce: "n", email: "ada@privaterelay.appleid.com", email_verified: "true" })
      .setProtectedHeader({ alg: "RS256", kid: "a" })
      .setIssuer(appleIssuer)
      .setSubject("000686.f1")
      .setAudience("chassis")
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(appleSigner.privateKey);
    return { access_token: "x", token_type: "Bearer", expires_in: 3600, refresh_token: "y", id_token };
  },
};

const redeemed: Asked[] = [];
const server = createServer((request, response) => {
  void (async () => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const path = request.url ?? "";
    const { accept, authorization = "" } = request.headers;
    const asked = {
      site: path.split("/")[1] ?? "",
      body: new URLSearchParams(text),
      accept,
      bearer: authorization.startsWith("Bearer "),
    };
    if (request.method === "POST") redeemed.push(asked);
    const answer = await answers[path]?.(asked);
    const isText = typeof answer === "string";
    response.writeHead(200, { "content-type": isText ? "application/x-www-form-urlencoded" : "application/json" });
    response.end(isText ? answer : JSON.stringify(answer));
  })().catch((error: unknown) => void response.writeHead(400).end(String(error)));
});
await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
after(() => void server.close());
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

/** The sites' own addresses lead to this machine. */
const fetch: typeof fetchSafely = (address, options) => {
  const url = new URL(address);
  return fetchSafely(`http://${host}/${url.host}${url.pathname}${url.search}`, { ...options, allow: [host] });
};

const secrets = { apple: appleKey.privateKey.export({ type: "pkcs8", format: "pem" }) };
const given = { code: "c", state: "s" };

async function signInBy(
  name: "apple" | "discord" | "github",
): Promise<{ readonly arrival: Arrival; readonly sent: URLSearchParams }> {
  const written = { apple: { team: "ABCDE12345", key: "KEY1234567" }, discord: true, github: true } as const;
  const [provider] = buildProviders({ [name]: written[name] }, []);
  assert.ok(provider !== undefined);
  const client = createProviderClient(
    provider,
    { id: "chassis", secret: name === "apple" ? secrets.apple : "secret" },
    { fetch },
  );
  const sent = new URL(await client.authorize(journey)).searchParams;
  const user = name === "apple" ? { user: '{"name":{"firstName":"Ada","lastName":"Lovelace"}}' } : {};
  return { arrival: await client.redeem(journey, new URLSearchParams({ ...given, ...user })), sent };
}

for (const [name, subject, address] of [
  ["github", "583231", "octocat@github.example"],
  ["discord", "80351110224678912", "nelly@discord.example"],
  ["apple", "000686.f1", "ada@privaterelay.appleid.com"],
] as const)
  test(`${name} lets somebody in, spoken to as its documentation says`, async () => {
    redeemed.length = 0;
    const { arrival, sent } = await signInBy(name);
    assert.deepEqual([arrival.person.subject, arrival.person.address, arrival.person.proved], [subject, address, true]);
    assert.equal(sent.get("code_challenge"), challenge);
    assert.equal(sent.get("response_mode"), name === "apple" ? "form_post" : null);
    const [{ body } = { body: new URLSearchParams() }] = redeemed;
    assert.deepEqual([body.get("code"), body.get("code_verifier"), body.get("client_id")], ["c", verifier, "chassis"]);
    if (name === "apple") assert.equal(arrival.person.familyName, "Lovelace");
    else assert.equal(body.get("client_secret"), "secret");
  });
