import assert from "node:assert/strict";
import { argon2Sync } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { silentLogger } from "#base";
import { AppError } from "#contract";
import { createBreachedPasswords } from "./breached-passwords.ts";
import { isCommonPassword } from "./common-passwords.ts";
import { hashPassword, isOutdated, matchesHash, passwordCost } from "./password-hash.ts";
import { newPasswordProblem, readPassword } from "./password-rules.ts";
import { createPasswords } from "./passwords.ts";

const cheap = { memory: 8, passes: 1, parallelism: 1 };

describe("a password's hash", () => {
  test("is Argon2id in the PHC format, at OWASP's cost", async () => {
    const hash = await hashPassword("correct horse");
    const [, kind, version, parameters, salt = "", tag = ""] = hash.split("$");
    assert.deepEqual([kind, version, parameters], ["argon2id", "v=19", "m=19456,t=2,p=1"]);
    const { memory, passes, parallelism } = passwordCost;
    const nonce = Buffer.from(salt, "base64");
    const expected = argon2Sync("argon2id", { message: "correct horse", nonce, memory, passes, parallelism, tagLength: 32 });
    assert.equal(Buffer.from(tag, "base64").toString("hex"), expected.toString("hex"));
    assert.equal(nonce.length, 16);
  });

  test("of the reference implementation is understood", async () => {
    // phc-winner-argon2, src/test.c
    const stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    assert.equal(await matchesHash("password", stored), true);
    assert.equal(await matchesHash("Password", stored), false);
  });

  test("fits its password and no other, of whatever characters and length: nothing is cut short", async () => {
    const long = "x".repeat(72);
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("a\0b", "a\0c", "a", `${long}1`, `${long}2`, long, "é", "e\u0301"),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (one, other) => {
        const hash = await hashPassword(one, cheap);
        assert.equal(await matchesHash(one, hash), true);
        assert.equal(await matchesHash(other, hash), one === other);
      }),
      { numRuns: 50 },
    );
  });

  test("is salted, and outdated at another cost", async () => {
    const hash = await hashPassword("correct horse", cheap);
    assert.notEqual(await hashPassword("correct horse", cheap), hash);
    assert.equal(isOutdated(hash, cheap), false);
    for (const change of [{ memory: 16 }, { passes: 2 }, { parallelism: 1, memory: 9 }])
      assert.equal(isOutdated(hash, { ...cheap, ...change }), true);
  });

  test("that is none is a defect, and nobody's password", async () => {
    for (const stored of [
      "",
      "correct horse",
      "$2b$10$abcdefghijklmnopqrstuv",
      "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
    ])
      await assert.rejects(matchesHash("correct horse", stored), /not one of Argon2id/);
  });
});

describe("checking passwords", () => {
  test("tells what matches, and what is to be hashed anew", async () => {
    const passwords = createPasswords({ cost: cheap });
    const old = await hashPassword("correct horse", { ...cheap, passes: 2 });
    assert.deepEqual(await passwords.verify("correct horse", old), { matches: true, outdated: true });
    assert.deepEqual(await passwords.verify("wrong horse", old), { matches: false, outdated: false });
    assert.deepEqual(await passwords.verify("correct horse", await passwords.hash("correct horse")), {
      matches: true,
      outdated: false,
    });
    assert.deepEqual(await passwords.verify("correct horse", undefined), { matches: false, outdated: false });
  });

  test("is done a few at a time; who is one too many is told so, and who left takes no turn", async () => {
    const passwords = createPasswords({ cost: { ...cheap, memory: 4096 }, places: 1, maxWaiting: 2 });
    const leaving = new AbortController();
    const first = passwords.hash("correct horse");
    const second = passwords.hash("correct horse", leaving.signal);
    const third = passwords.hash("correct horse");
    await assert.rejects(passwords.hash("correct horse"), (error) => error instanceof AppError && error.error === "overloaded");
    leaving.abort(new Error("gone"));
    await assert.rejects(second, /gone/);
    const fourth = passwords.hash("correct horse");
    assert.equal((await Promise.all([first, third, fourth])).length, 3);
  });
});

describe("a new password", () => {
  const problem = (password: unknown, context = {}): Promise<string | undefined> =>
    newPasswordProblem(password, context, undefined);

  test("has 8 to 128 characters of any kind, counted as people count them in NFC", async () => {
    for (const good of [
      "tr0ub4dor&x",
      "    spaces    ",
      "ÆØÅ æøå 密码",
      "🐎🔋📎🪿🐎🔋📎🪿",
      "x7\0q9 zz",
      `${"ab ".repeat(42)}ab`,
    ])
      assert.equal(await problem(good), undefined, good);
    assert.match((await problem("sevench")) ?? "", /at least 8/);
    // Seven characters, however many code units.
    assert.match((await problem("🐎🔋📎🪿🐎🔋📎")) ?? "", /at least 8/);
    assert.match((await problem("e\u0301".repeat(7))) ?? "", /at least 8/);
    assert.match((await problem("ab".repeat(65))) ?? "", /at most 128/);
    assert.match((await problem("x".repeat(1_000_000))) ?? "", /at most 128/);
  });

  test("is text that is whole: half a surrogate pair would be hashed as any other half", async () => {
    for (const bad of [undefined, null, 12345678, ["password"], { $ne: null }, "correct \ud800 horse"]) {
      assert.match((await problem(bad)) ?? "", /must be text/);
      assert.equal(readPassword(bad), undefined);
    }
  });

  test("is the same however its accents were typed, and otherwise as it was given", () => {
    assert.equal(readPassword("pe\u0301ché mignon"), "péché mignon");
    assert.equal(readPassword(" Pass Word "), " Pass Word ");
    assert.equal(readPassword("ﬁle"), "ﬁle");
  });

  test("is not among the commonest, in any case", async () => {
    for (const common of ["password", "12345678", "Password1", "QWERTYUIOP", "iloveyou1"])
      assert.match((await problem(common)) ?? "", /many people use/, common);
    assert.equal(await isCommonPassword("correct horse battery staple"), false);
  });

  test("is not the address, nor the site", async () => {
    const context = { address: "ada.lovelace@example.org", host: "pathways.example" };
    for (const own of ["ada.lovelace@example.org", "Ada.Lovelace", "ada.lovelace1!", "example.org", "pathways", "Pathways2026"])
      assert.match((await problem(own, context)) ?? "", /address or the name/, own);
    assert.equal(await problem("lovelace and babbage", context), undefined);
  });
});

test("the service of breaches hears five digits alone, and what it does not answer does no harm", async () => {
  const asked: string[] = [];
  const answering = (answer: () => string) =>
    createBreachedPasswords({
      logger: silentLogger,
      ask: async (prefix) => {
        asked.push(prefix);
        return answer();
      },
    });
  // SHA-1 of "password" is 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
  const known = answering(() => "0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n1E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n");
  assert.equal(await known("password"), true);
  assert.equal(await known("correct horse battery staple"), false);
  assert.equal(await answering(() => "1E4C9B93F3F0682250B6CF8331B7EE68FD8:0")("password"), false, "padding");
  assert.equal(
    await answering(() => {
      throw new Error("down");
    })("password"),
    false,
  );
  assert.deepEqual([...new Set(asked)], ["5BAA6", "ABF7A"]);
  assert.match((await newPasswordProblem("Tr0ub4dor&3 x", {}, async () => true)) ?? "", /breach/);
});
