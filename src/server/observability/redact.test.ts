import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isSecretName, redactFields, redactPath, redactText } from "./redact.ts";

const SECRET = "s3cr3tS3CR3Ts3cr3t";

describe("what is logged", () => {
  test("has no value under a name that gives it away, in any spelling", () => {
    for (const name of [
      "authorization",
      "Proxy-Authorization",
      "cookie",
      "set-cookie",
      "token",
      "accessToken",
      "refresh_token",
      "PASSWORD",
      "newPassword",
      "client_secret",
      "x-api-key",
      "apiKey",
      "secretAccessKey",
      "CHASSIS_BACKUP_PASSPHRASE",
      "recoveryCodes",
    ])
      assert.ok(isSecretName(name), name);
    for (const name of ["code", "tokenId", "path", "requestId", "key", "passed", "secretary", "table", "state"])
      assert.ok(!isSecretName(name), name);
  });

  test("has none deep inside, in lists, errors, causes and what else has fields", () => {
    const error = Object.assign(
      new Error(`failed: Bearer ${SECRET}`, {
        cause: Object.assign(new TypeError("inner"), { config: { headers: { Authorization: SECRET } } }),
      }),
      {
        response: { headers: new Headers({ "set-cookie": SECRET, "x-fine": "fine" }) },
      },
    );
    const cycle: Record<string, unknown> = { password: SECRET };
    cycle["self"] = cycle;
    const fields = {
      err: error,
      list: [{ token: SECRET }, [{ secret: SECRET }]],
      map: new Map([["apiKey", SECRET]]),
      url: new URL(`https://user:${SECRET}@host.example/?access_token=${SECRET}`),
      body: new TextEncoder().encode(SECRET),
      many: new AggregateError([new Error(`password=${SECRET}`)], "several"),
      cycle,
      deep: JSON.parse(`${'{"a":'.repeat(50)}"${SECRET}"${"}".repeat(50)}`),
      count: 3n,
      when: new Date(0),
      plain: "kept",
    };
    const text = JSON.stringify(redactFields(fields));
    assert.doesNotMatch(text, new RegExp(SECRET));
    for (const kept of [
      "failed",
      "inner",
      "TypeError",
      "kept",
      "fine",
      "several",
      "1970-01-01T00:00:00.000Z",
      '"3"',
      "https://[redacted]@host.example/",
    ])
      assert.ok(text.includes(kept), `${kept} in ${text}`);
    assert.equal(
      fields.list[0] !== undefined && "token" in fields.list[0] && fields.list[0].token,
      SECRET,
      "what is logged is not changed",
    );
  });

  test("has none inside text, in the forms that are known", () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.${SECRET}`;
    for (const text of [
      `Authorization: Bearer ${SECRET}`,
      `authorization: basic ${SECRET}==`,
      `the token ${token} is old`,
      `the key chk_${SECRET.padEnd(30, "x")} leaked`,
      `GET /reset?token=${SECRET}&x=1`,
      `reset_token=${SECRET}`,
      `/callback?code=${SECRET}&state=${SECRET}`,
      `{"password":"${SECRET}","name":"x"}`,
      `{ newPassword: '${SECRET}' }`,
      `cookie: "a=${SECRET}"`,
      `smtp://user:${SECRET}@mail.example:587`,
      `session=${SECRET}; theme=dark`,
      `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`,
    ]) {
      const left = redactText(text);
      assert.ok(!left.includes(SECRET), left);
      assert.ok(left.includes("[redacted]"));
    }
  });

  test("is otherwise as it was", () => {
    for (const text of [
      "Answered.",
      "a=1 b=2",
      "https://host.example/path?limit=3&order=id",
      "no such column: notes.body",
      "12:30:00",
      "error: code=22P02",
      "bearer of news",
    ])
      assert.equal(redactText(text), text);
    assert.equal(redactText("x y".repeat(20_000)).length, 20_001);
  });

  test("of a path has no token that a link holds", () => {
    assert.equal(
      redactPath(["rest", "v1", "notes", "01890000-0000-7000-8000-00000000ada0"]),
      "/rest/v1/notes/01890000-0000-7000-8000-00000000ada0",
    );
    assert.equal(redactPath(["auth", "reset", "Zq3xV9k_2LmN8pQrS-tUvWxYz0123456789abcdEFG1"]), "/auth/reset/[redacted]");
    assert.equal(redactPath(["how-to-become-a-teacher-in-the-netherlands"]), "/how-to-become-a-teacher-in-the-netherlands");
  });

  test("never fails, and takes no time to speak of", () => {
    fc.assert(
      fc.property(
        fc.object({ maxDepth: 4, withDate: true, withMap: true, withTypedArray: true, withBigInt: true }),
        (fields) => void JSON.stringify(redactFields(fields)),
      ),
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => typeof redactText(text) === "string"));
    const started = performance.now();
    for (const text of [
      "a".repeat(20_000),
      "=".repeat(20_000),
      "token".repeat(4000),
      '"password":"'.repeat(1600),
      "://:@".repeat(4000),
      "eyJ.".repeat(5000),
      "Bearer ".repeat(2800),
    ])
      redactText(text);
    assert.ok(performance.now() - started < 2000, String(performance.now() - started));
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    redactFields(JSON.parse('{"__proto__":{"polluted":"x"}}'));
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});
