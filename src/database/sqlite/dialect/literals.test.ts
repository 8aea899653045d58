import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import { bind, constant, raw, sql } from "../../sql/sql.ts";
import { inlineConstants, literal } from "./literals.ts";

const database = new DatabaseSync(":memory:", { returnArrays: true });

function evaluate(text: string): unknown {
  const statement = database.prepare(`SELECT ${text}`, { readBigInts: true });
  return (statement.get() as unknown as unknown[])[0];
}

test("a value written out can be a default, a lone control character too", () => {
  for (const value of ["\t", "a\tb", "a", "", 1n, -1, 0.5]) {
    new DatabaseSync(":memory:").exec(`CREATE TABLE t (x DEFAULT ${literal(value)})`);
  }
});

test("a value written out is the value", () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom("'", '"', "\n", "\u0001", "?", ";", "\\", "é", "👩"),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(text, (value) => {
      const written = literal(value);
      assert.doesNotMatch(written, /\n/);
      assert.equal(evaluate(written), value);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }), (value) =>
      assert.equal(evaluate(literal(value)), value),
    ),
  );
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => assert.equal(evaluate(literal(value)), BigInt(value))));
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.equal(evaluate(inlineConstants(constant(value))), value === 0 ? 0 : value);
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (value) => assert.deepEqual(evaluate(literal(value)), value)));
  assert.equal(evaluate(literal(null)), null);
  assert.throws(() => literal(Number.POSITIVE_INFINITY), RangeError);
});

test("constants take the place of their parameters, and question marks in quotes stay", () => {
  const written = inlineConstants(sql`${constant("a?'b")} || '? ''?' || ${raw('"c?"')} -${constant(-1n)} + ${constant(2)}`);
  assert.equal(written, `'a?''b' || '? ''?' || "c?" -(-1) + 2.0`);
});

test("what depends on the request is refused", () => {
  assert.throws(() => inlineConstants(bind({ type: "now" })), /cannot depend on the request/);
  assert.throws(() => inlineConstants(bind({ type: "slot", index: 0 })), /cannot depend on the request/);
  assert.throws(() => inlineConstants({ text: "? + ?", bindings: constant(1).bindings }), /more parameters/);
  assert.throws(() => inlineConstants({ text: "1", bindings: constant(1).bindings }), /fewer parameters/);
});
