import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { addressKey, readAddress } from "../mail/address.ts";
import { openPeople } from "./auth-fixtures.ts";
import { typedKey } from "./auth-parts.ts";
import { issueOneTime, oneTimePurposes, takeTry, useOneTime } from "./one-time-tokens.ts";
import { createSessionCookies } from "./session-cookie.ts";

const origins = ["https://www.example.org", "http://localhost:4000", "http://127.0.0.1:4000"];

describe("a cookie", () => {
  const token = `chs_${"A".repeat(43)}`;
  // What browsers put into a Cookie header, and what somebody else may.
  const pair = fc.stringMatching(/^[\w-]{1,20}=[\w%"-]{0,30}$/);

  test("is found among all others, and nowhere else", () => {
    fc.assert(
      fc.property(fc.constantFrom(...origins), fc.array(pair), fc.array(pair), (origin, before, after) => {
        const cookies = createSessionCookies(origin);
        const [name = ""] = cookies.set(token, 1000).split("=");
        const others = [...before, ...after].filter((each) => !each.startsWith(`${name}=`));
        const header = [...others.slice(0, before.length), `${name}=${token}`, ...others.slice(before.length)].join("; ");
        assert.equal(cookies.read(header), token);
        assert.equal(cookies.read(others.join("; ")), undefined);
        assert.notEqual(cookies.read(`${header}; ${name}=x`), token, "two of one name");
      }),
    );
  });

  test("is read as if every pair were looked at, whatever the header is like", () => {
    const origin = "http://localhost:4000";
    const name = "chassis-session-4000";
    const piece = fc.constantFrom(`${name}=`, name, "=", ";", "; ", " ", "x", token, `${name}=${token}`, `a=${name}=b`);
    const slowly = (header: string): string | undefined => {
      const found = header
        .split(";")
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(`${name}=`))
        .map((pair) => pair.slice(name.length + 1));
      return found.length === 0 ? undefined : found.join(" ");
    };
    const cookies = createSessionCookies(origin);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        assert.equal(cookies.read(pieces.join("")), slowly(pieces.join("")));
      }),
      { numRuns: 2000 },
    );
  });

  test("that is set is of this host alone, and closed to scripts and other sites' forms", () => {
    for (const origin of origins) {
      const cookies = createSessionCookies(origin);
      for (const line of [cookies.set(token, 5000), cookies.clear]) {
        assert.match(line, /; Path=\/; HttpOnly; SameSite=Lax/);
        assert.doesNotMatch(line, /Domain/i);
        assert.equal(/^__Host-[^;]*; .*; Secure/.test(line), origin.startsWith("https:"), line);
      }
      assert.match(cookies.set(token, 5999), /Max-Age=5$/);
    }
  });
});

test("two addresses have one key only where they differ in the case of ASCII letters", () => {
  const letter = fc.oneof(
    fc.constantFrom(..."aAkKiIsS.+-_@"),
    fc.constantFrom("\u212a", "\u0130", "\u0131", "\u017f", "\uff4b", "\u00df", "\u03c3", "\u03c2", "\u200b", "\u0301"),
  );
  const address = fc.tuple(
    fc.string({ unit: letter, minLength: 1, maxLength: 6 }),
    fc.constantFrom("ex.org", "EX.org", "e\u212a.org", "eK.org", "ek.org"),
  );
  fc.assert(
    fc.property(address, address, ([one, host], [other, domain]) => {
      const [first, second] = [`${one}@${host}`, `${other}@${domain}`];
      const [key, otherKey] = [typedKey(first), typedKey(second)];
      const isAscii = (text: string): boolean => /^[\x21-\x7e]*$/.test(text);
      for (const [given, its] of [
        [first, key],
        [second, otherKey],
      ] as const) {
        assert.equal(its === undefined, "problem" in readAddress(given), given);
        if (its !== undefined) assert.ok(isAscii(given) && its === given.toLowerCase(), given);
      }
      if (key !== undefined && key === otherKey) assert.equal(first.toLowerCase(), second.toLowerCase());
      if (key !== undefined) assert.equal(addressKey(key), key);
    }),
    { numRuns: 500 },
  );
});

test("one-time tokens are good once, for one purpose, for their time and their tries: held to a model", async () => {
  await using people = await openPeople();
  const { database, clock } = people;
  const purposes = ["reset", "link", "code", "decoy"] as const;
  type Purpose = (typeof purposes)[number];
  const step = fc.oneof(
    fc.record({ type: fc.constant("issue" as const), purpose: fc.constantFrom(...purposes) }),
    fc.record({ type: fc.constant("use" as const), index: fc.nat(5), purpose: fc.constantFrom(...purposes) }),
    fc.record({ type: fc.constant("try" as const), index: fc.nat(5) }),
    fc.record({ type: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 40 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const model: { token: string; purpose: Purpose; until: number; tries: number; used: boolean }[] = [];
      for (const each of steps) {
        if (each.type === "wait") clock.advance(each.minutes * 60_000);
        else if (each.type === "issue") {
          const { purpose } = each;
          const now = clock.now();
          const token = await database.transaction((connection) =>
            issueOneTime(connection, { purpose, user: null, addressKey: "a@example.org", data: model.length, now }),
          );
          model.push({ token, purpose, until: now + oneTimePurposes[purpose], tries: 0, used: false });
        } else {
          const known = model[each.index];
          if (known === undefined) continue;
          if (each.type === "use") {
            const used = await database.transaction((connection) =>
              useOneTime(connection, known.token, { purpose: each.purpose, now: clock.now() }),
            );
            const isGood = !known.used && known.purpose === each.purpose && clock.now() < known.until;
            assert.equal(used?.data, isGood ? each.index : undefined);
            known.used ||= isGood;
          } else {
            const { hashOf } = await import("./secret-token.ts");
            const taken = await database.transaction((connection) => takeTry(connection, hashOf(known.token), 3));
            assert.equal(taken, !known.used && known.tries < 3);
            if (taken) known.tries++;
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});
