import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { exportJWK, generateKeyPair } from "jose";
import { AppError } from "#contract";
import { type FalseIssuer, type Lies, startFalseIssuer } from "../../../../tests/support/false-issuer.ts";
import { refusedAs } from "../auth-fixtures.ts";
import { buildProviders } from "./build-providers.ts";
import { oidc, type OidcOptions } from "./oidc.ts";
import type { Provider } from "./provider.ts";
import { type Arrival, createProviderClient, type Journey, type ProviderClient } from "./provider-client.ts";

const journey: Journey = {
  redirect: "https://people.example/auth/v1/oauth/acme/callback",
  state: "state",
  nonce: "nonce",
  verifier: "v".repeat(43),
  maxAge: undefined,
};

function acme(issuer: string, more: Partial<OidcOptions> = {}): Provider {
  const [provider] = buildProviders({ acme: oidc({ issuer, ...more }) }, []);
  assert.ok(provider !== undefined);
  return provider;
}

const clientOf = (issuer: string, more: Partial<OidcOptions> = {}): ProviderClient =>
  createProviderClient(acme(issuer, more), { id: "chassis", secret: "secret" });

async function travel(client: ProviderClient): Promise<Arrival> {
  const answer = await fetch(await client.authorize(journey), { redirect: "manual" });
  return client.redeem(journey, new URL(answer.headers.get("location") ?? "none:").searchParams);
}

/** The error, with a reason for the log that has none of what was sent. */
const failedBecause =
  (reason: RegExp) =>
  (thrown: unknown): boolean => {
    assert.ok(refusedAs("providerFailed")(thrown) && thrown instanceof AppError);
    const { message } = thrown.cause as Error;
    assert.match(message, reason);
    assert.doesNotMatch(message, /eyJ|secret|verifier|nonce=/);
    assert.equal((thrown.cause as Error).cause, undefined);
    return true;
  };

const start = async (t: TestContext, lies: Lies = {}): Promise<FalseIssuer> => {
  const issuer = await startFalseIssuer(t);
  issuer.lies = lies;
  return issuer;
};

describe("a description", () => {
  for (const [what, lies, reason] of [
    [
      "of another issuer",
      { description: (usual) => ({ ...usual, issuer: "https://id.example.org" }) },
      /does not match the expected issuer/,
    ],
    [
      "of the issuer with a path more",
      { description: (usual) => ({ ...usual, issuer: `${String(usual["issuer"])}/x` }) },
      /does not match/,
    ],
    ["of no issuer", { description: (usual) => ({ ...usual, issuer: undefined }) }, /invalid response/],
    [
      "that is no JSON",
      { answer: (_path, response) => (response.writeHead(200, { "content-type": "application/json" }).end("<secret>"), true) },
      /parsing|no JSON/,
    ],
    [
      "that is a page",
      { answer: (_path, response) => (response.writeHead(200, { "content-type": "text/html" }).end("<p>"), true) },
      /content-type/,
    ],
    ["that is not there", { answer: (_path, response) => (response.writeHead(404).end(), true) }, /status code/],
    [
      "that is elsewhere",
      { answer: (_path, response) => (response.writeHead(302, { location: "https://id.example.org/" }).end(), true) },
      /redirect/,
    ],
    ["of 300 KiB", { description: (usual) => ({ ...usual, more: "x".repeat(300_000) }) }, /bytes|large|limit/i],
    [
      "whose page to sign in on is a script",
      { description: (usual) => ({ ...usual, authorization_endpoint: "javascript:alert(1)" }) },
      /only HTTP and HTTPS/,
    ],
    [
      "whose page to sign in on is not secure",
      { description: (usual) => ({ ...usual, authorization_endpoint: "http://id.example.org/authorize" }) },
      /no page by https/,
    ],
    [
      "without a page to sign in on",
      { description: (usual) => ({ ...usual, authorization_endpoint: undefined }) },
      /authorization_endpoint/,
    ],
  ] as const satisfies readonly (readonly [string, Lies, RegExp])[]) {
    test(`${what} is refused`, async (t) => {
      const issuer = await start(t, lies);
      await assert.rejects(clientOf(issuer.url).authorize(journey), failedBecause(reason));
    });
  }

  test("is asked for once by however many, and once more when it is an hour old alone", async (t) => {
    const issuer = await start(t);
    const client = clientOf(issuer.url);
    await Promise.all(Array.from({ length: 20 }, () => client.authorize(journey)));
    assert.equal(issuer.asked.length, 1);
  });

  test("may name no host of the private network, but the issuer's own and those that the definition allows", async (t) => {
    const inner = await start(t);
    const issuer = await start(t, {
      description: (usual) => ({ ...usual, token_endpoint: `${inner.url}/token`, jwks_uri: `${inner.url}/jwks` }),
    });
    await assert.rejects(travel(clientOf(issuer.url)), failedBecause(/Port|public/));
    assert.deepEqual(inner.asked, []);
    await assert.rejects(travel(clientOf(issuer.url, { allow: [new URL(inner.url).host] })), failedBecause(/invalid_grant/));
    assert.deepEqual(inner.asked, ["POST /token"]);
  });
});

describe("an issuer", () => {
  test("that is down is not asked by everybody who comes while that is known", async (t) => {
    const issuer = await start(t, { answer: (_path, response) => (response.destroy(), true) });
    const client = clientOf(issuer.url);
    for (let again = 0; again < 3; again++) await assert.rejects(client.authorize(journey), failedBecause(/connection/));
    assert.equal(issuer.asked.length, 1);
  });

  test("that does not answer is waited for at most so long, by at most so many", async (t) => {
    const issuer = await start(t, { answer: (path) => path === "/token" });
    const client = createProviderClient(acme(issuer.url), { id: "chassis", secret: "secret" }, { requestTime: 1000 });
    const answers = Array.from({ length: 100 }, () => fetchBack(client));
    const given = await Promise.all(answers);
    const waiting = given.map((each) => client.redeem(journey, each).catch((error: unknown) => error));
    await assert.rejects(client.authorize(journey), refusedAs("overloaded"));
    const began = performance.now();
    for (const error of await Promise.all(waiting)) assert.ok(failedBecause(/time|timed out/i)(error));
    assert.ok(performance.now() - began < 5000);
    await client.authorize(journey);
  });

  for (const [what, lies, reason] of [
    ["that refuses the code", { token: () => ({ error: "invalid_grant", error_description: "secret" }) }, /access_token|invalid/],
    ["that answers with a list", { token: () => [] }, /invalid|object/],
    ["that gives a token of another kind", { token: (usual) => ({ ...usual, token_type: "mac" }) }, /unsupported/],
    [
      "whose keys are not there",
      { answer: (path, response) => path === "/jwks" && (response.writeHead(500).end("secret"), true) },
      /status code/,
    ],
    ["whose keys are none", { keys: () => ({ keys: "secret" }) }, /invalid|keys/],
    [
      "whose keys are too many to choose from",
      { keys: ({ keys }) => ({ keys: [...keys, ...keys] }) },
      /multiple applicable keys/,
    ],
  ] as const satisfies readonly (readonly [string, Lies, RegExp])[]) {
    test(`${what} lets nobody in`, async (t) => {
      const issuer = await start(t, lies);
      await assert.rejects(travel(clientOf(issuer.url)), failedBecause(reason));
    });
  }

  test("that says no is one that somebody did not get past", async (t) => {
    for (const [error, name] of [
      ["access_denied", "providerDeclined"],
      ["server_error", "providerFailed"],
      ["<script>", "providerFailed"],
    ] as const) {
      const issuer = await start(t, { back: (given) => (given.delete("code"), given.set("error", error)) });
      await assert.rejects(travel(clientOf(issuer.url)), refusedAs(name), error);
    }
  });

  test("may change its keys, and is asked for them anew", async (t) => {
    const issuer = await start(t);
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const client = clientOf(issuer.url);
    await travel(client);
    const next = await generateKeyPair("RS256");
    const jwk = { ...(await exportJWK(next.publicKey)), kid: "2", alg: "RS256" };
    const { SignJWT } = await import("jose");
    issuer.lies = {
      keys: () => ({ keys: [jwk] }),
      sign: (claims) => new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", kid: "2" }).sign(next.privateKey),
    };
    // Not for every key that somebody makes up.
    const asked = issuer.asked.length;
    await assert.rejects(travel(client), failedBecause(/no applicable keys/));
    assert.ok(!issuer.asked.slice(asked).includes("GET /jwks"));
    t.mock.timers.tick(61_000);
    assert.equal((await travel(client)).person.subject, "1");
  });
});

async function fetchBack(client: ProviderClient): Promise<URLSearchParams> {
  const answer = await fetch(await client.authorize(journey), { redirect: "manual" });
  return new URL(answer.headers.get("location") ?? "none:").searchParams;
}
