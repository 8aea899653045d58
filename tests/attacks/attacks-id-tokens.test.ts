import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { base64url, exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import type { Claims, Lies } from "../support/false-issuer.ts";
import { placeOf, signInBy, startOAuthPeople, whoIs } from "../support/oauth-people.ts";

const { acme, other, live, subject, known, query } = await startOAuthPeople({ after });

beforeEach(() => {
  for (const issuer of [acme, other]) issuer.lies = {};
});

const failed = "/auth/oauth?problem=providerFailed&provider=acme";

/** Nothing came of it: no account, and nobody is signed in. */
async function comesToNothing(lies: Lies, what: string): Promise<void> {
  const browser = live.browser();
  const before = await query("SELECT count(*) FROM users");
  acme.person = known(subject());
  acme.lies = lies;
  assert.equal(placeOf(await signInBy(browser, "acme")), failed, what);
  assert.equal(await whoIs(browser), null, what);
  assert.equal(await query("SELECT count(*) FROM users"), before, what);
  // The page that tells it is there, and says nothing of what was wrong.
  const page = await browser.get(failed);
  assert.equal(page.status, 200);
  assert.ok(!page.text.includes("JWT") && !page.text.includes("OAUTH_"), what);
}

describe("23: an ID token that is not what it should be lets nobody in", async () => {
  const spki = await exportSPKI(acme.keyPair.publicKey);
  const publicJwk = await exportJWK(acme.keyPair.publicKey);
  const foreign = await generateKeyPair("RS256", { extractable: true });
  const foreignJwk = { ...(await exportJWK(foreign.publicKey)), kid: "1", alg: "RS256" };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const hs =
    (secret: Uint8Array, alg = "HS256") =>
    (claims: Claims) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: "1" }).sign(secret);
  const byForeign =
    (header: object = {}) =>
    (claims: Claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "1", ...header }).sign(foreign.privateKey);
  const rewritten =
    (header: object, sign: (claims: Claims) => Promise<string> = byForeign()) =>
    async (claims: Claims) => {
      const [, payload, signature] = (await sign(claims)).split(".");
      return `${base64url.encode(JSON.stringify(header))}.${payload}.${signature}`;
    };

  const tokens: readonly (readonly [what: string, lies: Lies])[] = [
    ["unsigned", { sign: (claims) => new UnsecuredJWT(claims).encode() }],
    ["unsigned, alg NoNe", { sign: rewritten({ alg: "NoNe" }) }],
    ["without alg", { sign: rewritten({ kid: "1" }) }],
    ["with alg as a list", { sign: rewritten({ alg: ["RS256"], kid: "1" }) }],
    ["HMAC with the public key (PEM)", { sign: hs(bytes(spki)) }],
    ["HMAC with the public key's modulus", { sign: hs(base64url.decode(String(publicJwk.n))) }],
    ["HMAC with the client's secret", { sign: hs(bytes("a secret of acme")) }],
    ["HMAC with an empty key", { sign: rewritten({ alg: "HS256" }, hs(bytes("x"))) }],
    ["of another key under the same kid", { sign: byForeign() }],
    ["of another key that it brings along (jwk)", { sign: byForeign({ jwk: foreignJwk }) }],
    ["of another key that it points at (jku)", { sign: byForeign({ jku: `${other.url}/jwks` }) }],
    ["of another key that it points at (x5u)", { sign: byForeign({ x5u: `${other.url}/key.pem` }) }],
    ["of a key that is not there", { header: { kid: "../../2" } }],
    ["that asks for what nobody understands (crit)", { sign: rewritten({ alg: "RS256", kid: "1", crit: ["x"], x: 1 }) }],
    ["encrypted, as it says", { sign: () => "e30.e30.e30.e30.e30" }],
    ["that is no token", { sign: () => "token" }],
    ["that is missing", { token: (usual) => ({ ...usual, id_token: undefined }) }],
    ["that is no text", { token: (usual) => ({ ...usual, id_token: { alg: "none" } }) }],
    [
      "without a signature",
      {
        sign: async (claims) => `${(await byForeign()(claims)).split(".").slice(0, 2).join(".")}.`,
      },
    ],
    ...(
      [
        ["of a foreign issuer", { iss: other.url }],
        ["of an issuer with a slash more", { iss: `${acme.url}/` }],
        ["of no issuer", { iss: undefined }],
        ["for another client", { aud: "another" }],
        ["for nobody", { aud: undefined }],
        ["for others too, without azp", { aud: ["chassis", "another"] }],
        ["for others too, azp another", { aud: ["chassis", "another"], azp: "another" }],
        ["made for another client", { azp: "another" }],
        ["that is over", { exp: Math.floor(Date.now() / 1000) - 3600 }],
        ["without an end", { exp: undefined }],
        ["without a time", { iat: undefined }],
        ["that does not count yet", { nbf: Math.floor(Date.now() / 1000) + 3600 }],
        ["without a nonce", { nonce: undefined }],
        ["with another nonce", { nonce: "another" }],
        ["without a subject", { sub: undefined }],
        ["with an empty subject", { sub: "" }],
        ["with a subject that is no text", { sub: { $ne: null } }],
        ["with a subject of 256 letters", { sub: "x".repeat(256) }],
        ["with a subject with a line break", { sub: "1\n2" }],
      ] as const
    ).map(([what, claims]) => [what, { claims: (usual: Claims) => ({ ...usual, ...claims }) }] as const),
  ];

  for (const [what, lies] of tokens) test(`23: an ID token ${what}`, () => comesToNothing(lies, what));

  test("23: the ID token of an earlier sign-in", async () => {
    let kept = "";
    acme.person = known(subject());
    acme.lies = { token: (usual) => ((kept = String(usual["id_token"])), usual) };
    await signInBy(live.browser(), "acme");
    await comesToNothing({ token: (usual) => ({ ...usual, id_token: kept }) }, "earlier");
  });

  test("23: an ID token of which a single character was changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.constantFrom("A", "B", "x", "-", ".", "="),
        async (at, letter) => {
          let isSame = false;
          const lies: Lies = {
            token(usual) {
              const token = String(usual["id_token"]);
              const place = Math.floor(at * (token.length - 1));
              isSame = token.charAt(place) === letter;
              return { ...usual, id_token: token.slice(0, place) + letter + token.slice(place + 1) };
            },
          };
          acme.person = known(subject());
          acme.lies = lies;
          const browser = live.browser();
          await signInBy(browser, "acme");
          assert.equal((await whoIs(browser)) === null, !isSame);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("23: what is asked of the site's API speaks of the person of the ID token", async () => {
    acme.person = { sub: subject() };
    const lies: Lies = { userinfo: () => ({ sub: "another", email: "ada@acme.example", email_verified: true, name: "Ada" }) };
    await comesToNothing({ ...lies, claims: (usual) => ({ ...usual, email: undefined }) }, "userinfo");
  });
});
