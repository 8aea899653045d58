import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SignJWT, UnsecuredJWT } from "jose";
import { type Clock, createIdSource, systemClock } from "#base";
import { type Actor, AppError } from "#contract";
import { openSqlite } from "#database";
import { openRevocations } from "./revocations.ts";
import { loadTokenSecret, TokenSecretError } from "./token-secret.ts";
import { createTokens, type Tokens } from "./tokens.ts";
import { propertyRuns } from "../../../tests/support/property-runs.ts";

const secret = randomBytes(32);
const actor: Actor = { id: "u1", roles: ["editor"], claims: { tenant: "t1", level: 3 } };
const HOUR = 3_600_000;

function clockAt(now: number): Clock & { advance(milliseconds: number): void } {
  let current = now;
  return { now: () => current, monotonic: () => current, advance: (milliseconds) => void (current += milliseconds) };
}

async function setUp(options: { cacheSize?: number } = {}) {
  const clock = clockAt(Date.now());
  const database = await openSqlite({ path: ":memory:" });
  const revocations = await openRevocations(database, clock);
  const tokens = createTokens({ secret, revocations, clock, ids: createIdSource(clock), ...options });
  return { clock, database, tokens, [Symbol.asyncDispose]: () => database.close() };
}

const present = async (tokens: Tokens, authorization: string | undefined) =>
  tokens.authenticate({ authorization, cookie: undefined });

const refusedAs = (name: string) => (error: unknown) => {
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.error, name);
  assert.equal(error.status, 401);
  assert.match(error.headers["www-authenticate"] ?? "", /^Bearer realm="chassis", error="invalid_token"/);
  return true;
};

describe("a token", () => {
  test("says who its holder is, the first time and from memory", async () => {
    await using setup = await setUp();
    const { token } = await setup.tokens.issue({ actor, lifetime: HOUR });
    const first = await present(setup.tokens, `Bearer ${token}`);
    assert.deepEqual({ ...first, claims: { ...first?.claims } }, actor);
    assert.equal(setup.tokens.authenticate({ authorization: `Bearer ${token}`, cookie: undefined }), first);
    assert.equal((await present(setup.tokens, `bearer  ${token}`))?.id, "u1");
  });

  test("no Authorization header is nobody; nothing else is", async () => {
    await using setup = await setUp();
    assert.equal(await present(setup.tokens, undefined), null);
    assert.equal(await setup.tokens.authenticate({ authorization: undefined, cookie: "a=b" }), null);
    const { token } = await setup.tokens.issue({ actor, lifetime: HOUR });
    const flipped = token.slice(0, -10) + (token.at(-10) === "A" ? "B" : "A") + token.slice(-9);
    const [head = "", payload = "", signature = ""] = token.split(".");
    for (const authorization of [
      "",
      " ",
      "Bearer",
      "Bearer ",
      `Basic ${token}`,
      token,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer ${token} x`,
      `Bearer ${flipped}`,
      "Bearer null",
      "Bearer undefined",
      "Bearer ...",
      `Bearer ${head}.${payload}.`,
      `Bearer ${head}.${payload}`,
      `Bearer ${head}..${signature}`,
      `Bearer .${payload}.${signature}`,
      `Bearer ${"a".repeat(5000)}`,
      "Bearer é",
      "Bearer \u0000",
      `Bearer ${Buffer.from("\xff\xfe", "latin1").toString("base64url")}.${payload}.${signature}`,
    ]) {
      await assert.rejects(async () => present(setup.tokens, authorization), refusedAs("invalidToken"), authorization);
    }
  });

  test("no header makes it fail in another way", async () => {
    await using setup = await setUp();
    const { token } = await setup.tokens.issue({ actor, lifetime: HOUR });
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
      fc.constantFrom(...token.split(".")),
      fc.string({ unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        const authorization = `Bearer ${parts.join(".")}`;
        if (authorization === `Bearer ${token}`) return;
        await assert.rejects(async () => present(setup.tokens, authorization), refusedAs("invalidToken"));
      }),
      { numRuns: propertyRuns(100, 300) },
    );
  });

  test("ends when it expires, also from memory, to the millisecond", async () => {
    await using setup = await setUp();
    const { token, expires } = await setup.tokens.issue({ actor, lifetime: HOUR });
    await present(setup.tokens, `Bearer ${token}`);
    setup.clock.advance(Date.parse(expires) - setup.clock.now() - 1);
    assert.equal((await present(setup.tokens, `Bearer ${token}`))?.id, "u1");
    setup.clock.advance(1);
    await assert.rejects(async () => present(setup.tokens, `Bearer ${token}`), refusedAs("expiredToken"));
    setup.clock.advance(HOUR);
    await assert.rejects(async () => present(setup.tokens, `BEARER ${token}`), refusedAs("expiredToken"));
  });

  test("memory of tokens is bounded", async () => {
    await using setup = await setUp({ cacheSize: 2 });
    const issued = await Promise.all([1, 2, 3].map(() => setup.tokens.issue({ actor, lifetime: HOUR })));
    for (const { token } of issued) await present(setup.tokens, `Bearer ${token}`);
    const kinds = issued.map(
      ({ token }) => setup.tokens.authenticate({ authorization: `Bearer ${token}`, cookie: undefined }) instanceof Promise,
    );
    assert.deepEqual(kinds, [true, false, false]);
  });
});

describe("a forged token", () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    sub: "u1",
    jti: "j",
    roles: ["editor"],
    claims: {},
    iss: "chassis",
    aud: "chassis",
    iat: now,
    exp: now + 3600,
  };
  const sign = (payload: object, header: object = {}, key: Parameters<SignJWT["sign"]>[0] = secret): Promise<string> =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg: "HS256", typ: "at+jwt", ...header }).sign(key);
  const ed25519 = generateKeyPairSync("ed25519");
  const without = (name: keyof typeof claims): object =>
    Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

  const forgeries: Readonly<Record<string, () => Promise<string> | string>> = {
    "another secret": () => sign(claims, {}, randomBytes(32)),
    "another issuer": () => sign({ ...claims, iss: "evil" }),
    "another audience": () => sign({ ...claims, aud: "chassis:revocation" }),
    "another type": () => sign(claims, { typ: "JWT" }),
    "alg none": () => new UnsecuredJWT(claims).encode(),
    "another algorithm of the same key": () => sign(claims, { alg: "HS512" }, Buffer.concat([secret, secret])),
    "a key of the forger's named by jwk": () =>
      sign(claims, { alg: "EdDSA", jwk: ed25519.publicKey.export({ format: "jwk" }) }, ed25519.privateKey),
    "kid, jku and x5u that lead elsewhere": () =>
      sign(claims, { kid: "../../dev/null", jku: "https://evil.example/jwks", x5u: "https://evil.example" }, Buffer.alloc(32)),
    "a critical header that nobody knows": async () => {
      const [head = "", ...rest] = (await sign(claims)).split(".");
      const header = { ...JSON.parse(Buffer.from(head, "base64url").toString()), crit: ["b64"], b64: false };
      return [Buffer.from(JSON.stringify(header)).toString("base64url"), ...rest].join(".");
    },
    "no expiry": () => sign(without("exp")),
    "no id": () => sign(without("jti")),
    "no subject": () => sign(without("sub")),
    "an empty subject": () => sign({ ...claims, sub: "" }),
    "roles that are text": () => sign({ ...claims, roles: "editor" }),
    "claims that are a list": () => sign({ ...claims, claims: [] }),
    "a birth in the future": () => sign({ ...claims, iat: now + 600, exp: now + 3600 }),
  };
  for (const [name, forge] of Object.entries(forgeries)) {
    test(`is refused: ${name}`, async () => {
      await using setup = await setUp();
      const token = await forge();
      await assert.rejects(async () => present(setup.tokens, `Bearer ${token}`), refusedAs("invalidToken"));
    });
  }

  test("what is refused above is refused for that alone", async () => {
    await using setup = await setUp();
    assert.equal((await present(setup.tokens, `Bearer ${await sign(claims)}`))?.id, "u1");
  });

  test("a claim named like a part of every object is a claim", async () => {
    await using setup = await setUp();
    const { token } = await setup.tokens.issue({ actor: { ...actor, claims: JSON.parse('{"__proto__":"x"}') }, lifetime: HOUR });
    const found = await present(setup.tokens, `Bearer ${token}`);
    assert.equal(found?.claims["__proto__"], "x");
    assert.equal(found?.claims["constructor"], undefined);
  });
});

describe("revoking", () => {
  test("holds from the next request on, from memory too, and after a restart", async () => {
    await using setup = await setUp();
    const kept = await setup.tokens.issue({ actor, lifetime: HOUR });
    const { token } = await setup.tokens.issue({ actor, lifetime: HOUR });
    await present(setup.tokens, `Bearer ${token}`);
    await setup.tokens.revoke(token);
    await assert.rejects(async () => present(setup.tokens, `Bearer ${token}`), refusedAs("expiredToken"));
    const again = createTokens({
      secret,
      revocations: await openRevocations(setup.database, setup.clock),
      clock: setup.clock,
      ids: createIdSource(setup.clock),
    });
    await assert.rejects(async () => present(again, `Bearer ${token}`), refusedAs("expiredToken"));
    assert.equal((await present(again, `Bearer ${kept.token}`))?.id, "u1");
    await setup.tokens.revoke(token);
  });

  test("by id needs a permission for that id, and the permission is good for nothing else", async () => {
    await using setup = await setUp();
    const { token, id } = await setup.tokens.issue({ actor, lifetime: HOUR });
    const permission = await setup.tokens.permitRevocation(id);
    await assert.rejects(setup.tokens.revokeById("another", permission), refusedAs("invalidToken"));
    for (const bad of [undefined, "", `Bearer ${token}`])
      await assert.rejects(setup.tokens.revokeById(id, bad), refusedAs("invalidToken"));
    await assert.rejects(async () => present(setup.tokens, permission), refusedAs("invalidToken"));
    assert.equal((await present(setup.tokens, `Bearer ${token}`))?.id, "u1");
    await setup.tokens.revokeById(id, permission);
    await assert.rejects(async () => present(setup.tokens, `Bearer ${token}`), refusedAs("expiredToken"));
    setup.clock.advance(120_000);
    await assert.rejects(setup.tokens.revokeById(id, permission), refusedAs("expiredToken"));
  });

  test("is forgotten when the token would have ended anyway", async () => {
    await using setup = await setUp();
    const { token } = await setup.tokens.issue({ actor, lifetime: HOUR });
    const other = await setup.tokens.issue({ actor, lifetime: HOUR });
    await setup.tokens.revoke(token);
    setup.clock.advance(2 * HOUR);
    await setup.tokens.revokeById(other.id, await setup.tokens.permitRevocation(other.id));
    assert.deepEqual(await setup.database.all("SELECT id, expires FROM _chassis_revoked_tokens", []), [[other.id, null]]);
  });

  test("a stranger's token is not revoked", async () => {
    await using setup = await setUp();
    await assert.rejects(setup.tokens.revoke("a.b.c"), refusedAs("invalidToken"));
  });
});

describe("the secret", () => {
  test("is made once, for its owner's eyes alone, however many start at once", async (context) => {
    const directory = await mkdtemp(join(tmpdir(), "chassis-secret-"));
    context.after(() => rm(directory, { recursive: true }));
    const data = join(directory, "data");
    const secrets = await Promise.all(Array.from({ length: 8 }, () => loadTokenSecret(data)));
    assert.equal(new Set(secrets.map((bytes) => Buffer.from(bytes).toString("hex"))).size, 1);
    assert.equal(secrets[0]?.length, 32);
    assert.equal((await stat(join(data, "token-secret"))).mode & 0o777, 0o600);
    assert.equal((await stat(data)).mode & 0o777, 0o700);
  });

  test("is refused where others may read it, or where it is damaged", async (context) => {
    const directory = await mkdtemp(join(tmpdir(), "chassis-secret-"));
    context.after(() => rm(directory, { recursive: true }));
    const path = join(directory, "token-secret");
    await loadTokenSecret(directory);
    await chmod(path, 0o644);
    await assert.rejects(
      loadTokenSecret(directory),
      (error) => error instanceof TokenSecretError && /chmod 600/.test(error.message),
    );
    await chmod(path, 0o600);
    await writeFile(path, (await readFile(path, "utf8")).slice(0, 20));
    await assert.rejects(
      loadTokenSecret(directory),
      (error) => error instanceof TokenSecretError && /damaged/.test(error.message),
    );
  });
});

test("a token from memory is checked without waiting", async () => {
  const database = await openSqlite({ path: ":memory:" });
  const tokens = createTokens({
    secret,
    revocations: await openRevocations(database, systemClock),
    clock: systemClock,
    ids: createIdSource(systemClock),
  });
  const { token } = await tokens.issue({ actor, lifetime: HOUR });
  await present(tokens, `Bearer ${token}`);
  let promises = 0;
  for (let round = 0; round < 1000; round++) {
    if (
      tokens.authenticate({ authorization: Buffer.from(`Bearer ${token}`).toString("latin1"), cookie: undefined }) instanceof
      Promise
    )
      promises += 1;
  }
  assert.equal(promises, 0);
  await database.close();
});
