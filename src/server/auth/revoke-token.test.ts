import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { createTokens, openRevocations, noRateLimits } from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import { openSqlite } from "#database";
import { createHealthRoutes } from "../health/health.ts";
import { createCors } from "../http/cors.ts";
import { createFetchServer } from "../http/fetch-handler.ts";
import { defaultHttpLimits } from "../http/limits.ts";
import { createResponder } from "../http/responder.ts";
import { createRouter } from "../http/router.ts";
import { createRevokeTokenRoute } from "./revoke-token.ts";

async function setUp() {
  const database = await openSqlite({ path: ":memory:" });
  const ids = createIdSource(systemClock);
  const tokens = createTokens({
    secret: randomBytes(32),
    revocations: await openRevocations(database, systemClock),
    clock: systemClock,
    ids,
  });
  const health = createHealthRoutes({ checkReady: async () => void (await database.get("SELECT 1", [])) });
  const router = createRouter({ routes: [createRevokeTokenRoute(tokens), ...health] });
  const respond = createResponder({
    router,
    cors: createCors({ origins: [] }),
    rates: noRateLimits,
    logger: silentLogger,
    clock: systemClock,
    accessLog: false,
  });
  const server = createFetchServer({ respond, limits: defaultHttpLimits, clock: systemClock, ids });
  const send = async (path: string, init?: RequestInit) => server.fetch(new Request(`http://localhost${path}`, init));
  const revoke = (body: Record<string, string> | string, headers: Record<string, string> = {}) =>
    send("/auth/v1/tokens/revoke", {
      method: "POST",
      body: typeof body === "string" ? body : new URLSearchParams(body),
      headers: typeof body === "string" ? { "content-type": "text/plain", ...headers } : headers,
    });
  const isGood = async (token: string) => {
    try {
      return (await tokens.authenticate({ authorization: `Bearer ${token}`, cookie: undefined })) !== null;
    } catch {
      return false;
    }
  };
  const issue = () => tokens.issue({ actor: { id: "u1", roles: [], claims: {} }, lifetime: 60_000 });
  const dispose = async () => {
    await server.close(0);
    await database.close();
  };
  return { tokens, send, revoke, isGood, issue, database, [Symbol.asyncDispose]: dispose };
}

describe("revoking over HTTP", () => {
  test("the holder ends their own token at once", async () => {
    await using setup = await setUp();
    const { token } = await setup.issue();
    const other = await setup.issue();
    assert.ok(await setup.isGood(token));
    const response = await setup.revoke({ token, token_type_hint: "access_token" });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "");
    assert.equal(await setup.isGood(token), false);
    assert.ok(await setup.isGood(other.token));
  });

  test("a token that is none of ours is answered the same", async () => {
    await using setup = await setUp();
    for (const token of ["rubbish", "a.b.c", ""]) assert.equal((await setup.revoke({ token })).status, 200);
  });

  test("an id needs the permission for it", async () => {
    await using setup = await setUp();
    const { token, id } = await setup.issue();
    const other = await setup.issue();
    assert.equal((await setup.revoke({ id })).status, 401);
    assert.equal((await setup.revoke({ id }, { authorization: `Bearer ${other.token}` })).status, 401);
    assert.equal((await setup.revoke({ id }, { authorization: await setup.tokens.permitRevocation(other.id) })).status, 401);
    assert.ok(await setup.isGood(token));
    assert.equal((await setup.revoke({ id }, { authorization: await setup.tokens.permitRevocation(id) })).status, 200);
    assert.equal(await setup.isGood(token), false);
  });

  test("other forms are refused", async () => {
    await using setup = await setUp();
    assert.equal((await setup.revoke("token=x")).status, 415);
    for (const body of [{}, { token: "x", id: "y" }, { tokens: "x" }] as Record<string, string>[])
      assert.equal((await setup.revoke(body)).status, 400);
    const twice = await setup.revoke("token=a&token=b", { "content-type": "application/x-www-form-urlencoded" });
    assert.equal(twice.status, 400);
    assert.equal((await setup.send("/auth/v1/tokens/revoke")).status, 405);
  });
});

test("health is told apart: alive, and ready for requests", async () => {
  await using setup = await setUp();
  assert.equal((await setup.send("/health/live")).status, 200);
  assert.deepEqual(await (await setup.send("/health/ready")).json(), { status: "ok" });
  await setup.database.close();
  const response = await setup.send("/health/ready");
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "1");
  assert.equal((await setup.send("/health/live")).status, 200);
});
