import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Secret, TOTP, URI } from "otpauth";
import { matchingStep, newTotpSecret, stepOf, toBase32, totpCode, totpUri } from "./totp-code.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const secretBytes = fc.uint8Array({ minLength: 20, maxLength: 20 });

describe("codes of an authenticator app", () => {
  test("are those of RFC 6238, appendix B", () => {
    const vectors: readonly (readonly [seconds: number, code: string])[] = [
      [59, "94287082"],
      [1_111_111_109, "07081804"],
      [1_111_111_111, "14050471"],
      [1_234_567_890, "89005924"],
      [2_000_000_000, "69279037"],
      [20_000_000_000, "65353130"],
    ];
    const secret = ascii("12345678901234567890");
    for (const [seconds, code] of vectors) {
      assert.equal(totpCode(secret, stepOf(seconds * 1000), 8), code);
      assert.equal(totpCode(secret, stepOf(seconds * 1000)), code.slice(2));
    }
  });

  test("are those of RFC 4226, appendix D", () => {
    const codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (const [step, code] of codes.entries()) assert.equal(totpCode(ascii("12345678901234567890"), step), code);
  });

  test("and the secret that is shown are what another implementation makes and reads", () => {
    fc.assert(
      fc.property(secretBytes, fc.integer({ min: 0, max: 4_000_000_000_000 }), (secret, now) => {
        const other = URI.parse(totpUri(secret, { issuer: "people.example:8443", account: "o'brien+a:b@example.org" }));
        assert.ok(other instanceof TOTP);
        assert.deepEqual(
          [other.issuer, other.label, other.digits, other.period],
          ["people.example 8443", "o'brien+a b@example.org", 6, 30],
        );
        assert.equal(other.secret.base32, toBase32(secret));
        assert.equal(other.generate({ timestamp: now }), totpCode(secret, stepOf(now)));
        assert.deepEqual(new Uint8Array(Secret.fromBase32(toBase32(secret)).buffer), secret);
      }),
    );
  });

  test("are taken one step late and one early, no further, and none twice", () => {
    const secret = newTotpSecret();
    const now = Date.UTC(2026, 10, 26, 9, 0, 7);
    const present = stepOf(now);
    for (const off of [-1, 0, 1])
      assert.equal(matchingStep(secret, totpCode(secret, present + off), { now, last: -1 }), present + off);
    for (const off of [-2, 2]) assert.equal(matchingStep(secret, totpCode(secret, present + off), { now, last: -1 }), undefined);
    assert.equal(matchingStep(secret, totpCode(secret, present), { now, last: present }), undefined);
    assert.equal(matchingStep(secret, totpCode(secret, present - 1), { now, last: present }), undefined);
    assert.equal(matchingStep(secret, totpCode(secret, present + 1), { now, last: present }), present + 1);
    assert.equal(matchingStep(secret, totpCode(secret, present).replace(/(...)/, "$1 "), { now, last: -1 }), present);
  });

  test("are nothing else, whatever is given", () => {
    const secret = newTotpSecret();
    const at = { now: 1_800_000_000_000, last: -1 };
    const code = totpCode(secret, stepOf(at.now));
    for (const bad of [
      undefined,
      null,
      Number(code),
      [code],
      { code },
      "",
      code.slice(1),
      `${code}0`,
      "１２３４５６",
      `${code}\0`,
    ])
      assert.equal(matchingStep(secret, bad, at), undefined);
  });
});
