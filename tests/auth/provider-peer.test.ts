import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import Peer from "oidc-provider";
import {
  addApp,
  askAsApp,
  authorizePath,
  callback,
  codeFor,
  follow,
  form,
  newVerifier,
  providerBackend,
} from "../support/live-apps.ts";
import { type Reply, startPeople } from "../support/live-people.ts";

/**
 * What ours says of a request is held to what oidc-provider says, which is certified (docs/decisions/0060): the same app, the same request. Where they
 * differ on purpose it stands here.
 */
const live = await startPeople({ after }, { backend: providerBackend });
const ada = await live.join("ada@example.org", "Ada");
const loopback = "http://127.0.0.1/done";
const shop = await addApp(live);
const device = await addApp(live, { isPublic: true, redirectUris: [loopback, "com.example.app:/done"] });

const server = createServer();
await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
after(() => void server.close());
const address = server.address();
assert.ok(typeof address === "object" && address !== null);
const peerUrl = `http://127.0.0.1:${address.port}`;
const shared = { response_types: ["code"], grant_types: ["authorization_code", "refresh_token"] };
const peer = new Peer(peerUrl, {
  clients: [
    {
      ...shared,
      client_id: shop.id,
      client_secret: shop.secret,
      redirect_uris: [callback],
      token_endpoint_auth_method: "client_secret_post",
    },
    {
      ...shared,
      client_id: device.id,
      application_type: "native",
      redirect_uris: [loopback, "com.example.app:/done"],
      token_endpoint_auth_method: "none",
    },
  ],
  pkce: { required: () => true },
  responseTypes: ["code"],
  scopes: ["openid", "profile", "email", "offline_access"],
  rotateRefreshToken: true,
  allowOmittingSingleRegisteredRedirectUri: false,
  features: { devInteractions: { enabled: false } },
  findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { url: (_: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
});

const answer = peer.callback();
server.on("request", (request, response) => void answer(request, response));

type Verdict = string;

/** A page, an error that the app is told, or that the request goes on to whoever is to be asked. */
function verdictOf(status: number, location: string | null, text: string): Verdict {
  if (status === 400) return "page";
  assert.ok(location !== null, `${status} ${text.slice(0, 300)}`);
  const { searchParams, hash } = new URL(location, "http://here.invalid");
  // What asked for an answer in the fragment is told there by them; by us in the query, for there is no other way.
  return searchParams.get("error") ?? new URLSearchParams(hash.slice(1)).get("error") ?? "goes on";
}

async function ourVerdict(path: string): Promise<Verdict> {
  const { status, headers, text }: Reply = await follow(ada, path);
  return verdictOf(status, headers.get("location"), text);
}

async function theirVerdict(path: string): Promise<Verdict> {
  const reply = await fetch(peerUrl + path.replace("/oidc/v1/authorize", "/auth"), { redirect: "manual" });
  return verdictOf(reply.status, reply.headers.get("location"), await reply.text());
}

const { challenge } = newVerifier();
const native = { redirect_uri: loopback };

const requests: readonly (readonly [what: string, app: "shop" | "device", more: Readonly<Record<string, string | undefined>>])[] =
  [
    ["as it should be", "shop", {}],
    ["with scopes that there are not", "shop", { scope: "openid everything" }],
    ["without an address", "shop", { redirect_uri: undefined }],
    ["with another address", "shop", { redirect_uri: "https://evil.example" }],
    ["with a longer address", "shop", { redirect_uri: `${callback}/x` }],
    ["with a query on the address", "shop", { redirect_uri: `${callback}?x` }],
    ["with a fragment on the address", "shop", { redirect_uri: `${callback}#x` }],
    ["with another case", "shop", { redirect_uri: "https://APP.example/callback" }],
    ["with a port", "shop", { redirect_uri: "https://app.example:444/callback" }],
    ["with a user in the address", "shop", { redirect_uri: "https://a@app.example/callback" }],
    ["of an app that there is not", "shop", { client_id: "nobody" }],
    ["of nobody", "shop", { client_id: undefined }],
    ["without PKCE", "shop", { code_challenge: undefined, code_challenge_method: undefined }],
    ["with plain PKCE", "shop", { code_challenge_method: "plain" }],
    ["with PKCE of no method", "shop", { code_challenge_method: undefined }],
    ["with a short challenge", "shop", { code_challenge: "short" }],
    ["for tokens", "shop", { response_type: "token" }],
    ["for a code and a token", "shop", { response_type: "code token" }],
    ["for an ID token", "shop", { response_type: "id_token" }],
    ["for nothing", "shop", { response_type: undefined }],
    ["for something else", "shop", { response_type: "everything" }],
    ["with a mode that there is not", "shop", { response_mode: "everywhere" }],
    ["in a token", "shop", { request: "e.e.e" }],
    ["by reference", "shop", { request_uri: "https://evil.example" }],
    ["to register", "shop", { registration: "{}" }],
    ["with prompts that exclude each other", "shop", { prompt: "none login" }],
    ["with a prompt that there is not", "shop", { prompt: "dance" }],
    ["with an age that is none", "shop", { max_age: "old" }],
    ["with a negative age", "shop", { max_age: "-1" }],
    ["with a hint that is none", "shop", { id_token_hint: "x" }],
    ["of a device", "device", native],
    ["of a device with a port", "device", { redirect_uri: "http://127.0.0.1:5000/done" }],
    ["of a device with another path", "device", { redirect_uri: "http://127.0.0.1:5000/other" }],
    ["of a device with another name", "device", { redirect_uri: "http://localhost/done" }],
    ["of a device at another host", "device", { redirect_uri: "http://127.0.0.1.evil.example/done" }],
    ["of a device by its scheme", "device", { redirect_uri: "com.example.app:/done" }],
    ["of a device by another scheme", "device", { redirect_uri: "com.evil.app:/done" }],
  ];

/** Where both refuse, by another name. */
const differences: Readonly<Record<string, readonly [ours: Verdict, theirs: Verdict]>> = {
  // A mode that is not known is none that they could answer by.
  "with a mode that there is not": ["invalid_request", "unsupported_response_mode"],
};

for (const [what, app, more] of requests)
  test(`a request ${what} ends as it does with oidc-provider`, async () => {
    const path = authorizePath(app === "shop" ? shop : device, challenge, more);
    const verdicts = [await ourVerdict(path), await theirVerdict(path)];
    const [ours, theirs] = differences[what] ?? [];
    if (ours === undefined) assert.equal(verdicts[0], verdicts[1]);
    else assert.deepEqual(verdicts, [ours, theirs]);
  });

/** A code of theirs, as if somebody had said yes. */
async function theirCode(verifierChallenge: string): Promise<string> {
  const client = await peer.Client.find(shop.id);
  assert.ok(client !== undefined);
  const grant = new peer.Grant({ accountId: ada.user, clientId: shop.id });
  grant.addOIDCScope("openid offline_access");
  const grantId = await grant.save();
  const code = new peer.AuthorizationCode({
    client,
    accountId: ada.user,
    grantId,
    redirectUri: callback,
    scope: "openid offline_access",
    codeChallenge: verifierChallenge,
    codeChallengeMethod: "S256",
    gty: "authorization_code",
    authTime: Math.floor(Date.now() / 1000),
    expiresWithSession: false,
  });
  return code.save();
}

const exchanges: readonly (readonly [what: string, more: Readonly<Record<string, string | undefined>>])[] = [
  ["as it should be", {}],
  ["by an app that there is not", { client_id: "nobody" }],
  ["by nobody", { client_id: undefined }],
  ["without a secret", { client_secret: undefined }],
  ["with a wrong secret", { client_secret: "x".repeat(43) }],
  ["by another app", { client_id: "device", client_secret: undefined }],
  ["with another address", { redirect_uri: "https://app.example/other" }],
  ["without a verifier", { code_verifier: undefined }],
  ["with another verifier", { code_verifier: "x".repeat(43) }],
  ["with a short verifier", { code_verifier: "x" }],
  ["with another code", { code: "x".repeat(43) }],
  ["by another grant", { grant_type: "password" }],
  ["by no grant", { grant_type: undefined }],
];

/** Where both refuse, by another name: RFC 6749 section 5.2 has ours for an app that does not say who it is, RFC 7636 section 4.6 for any verifier that does not fit. */
const otherNames: Readonly<Record<string, readonly [ours: string, theirs: string]>> = {
  "by nobody": ["invalid_client", "invalid_request"],
  "with a short verifier": ["invalid_grant", "invalid_request"],
};

for (const [what, more] of exchanges)
  test(`a code that is changed ${what} gives what it does with oidc-provider`, async () => {
    const pkce = newVerifier();
    const mine = await codeFor(ada, shop, { scope: "openid offline_access" });
    const fields = (code: string, code_verifier: string): Readonly<Record<string, string | undefined>> => ({
      grant_type: "authorization_code",
      client_id: shop.id,
      client_secret: shop.secret,
      redirect_uri: callback,
      code,
      code_verifier,
      ...more,
      ...(more["client_id"] === "device" ? { client_id: device.id } : {}),
    });
    const ours = await askAsApp(live.url, "token", undefined, fields(mine.code, mine.verifier));
    const reply = await fetch(`${peerUrl}/token`, {
      method: "POST",
      body: form(fields(await theirCode(pkce.challenge), pkce.verifier)),
    });
    const theirs = (await reply.json()) as Readonly<Record<string, unknown>>;
    const names = [ours.body["error"], theirs["error"]];
    if (Object.hasOwn(otherNames, what)) assert.deepEqual(names, otherNames[what]);
    else assert.deepEqual([ours.status, names[0]], [reply.status, names[1]], JSON.stringify([ours.body, theirs]));
    assert.deepEqual(Object.keys(ours.body).toSorted(), Object.keys(theirs).toSorted());
  });
