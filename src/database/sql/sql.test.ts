import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "#contract";
import { bind, identifier, join, sql, textLiteral } from "./sql.ts";

test("pieces keep their parameters in order", () => {
  const [one, two] = [bind({ type: "slot", index: 1 }), bind({ type: "slot", index: 2 })];
  const statement = sql`SELECT ${one} WHERE ${join([sql`a = ${two}`, sql`b = ${one}`], " AND ")}`;
  assert.equal(statement.text, "SELECT ? WHERE a = ? AND b = ?");
  assert.deepEqual(
    statement.bindings.map((binding) => binding.type === "slot" && binding.index),
    [1, 2, 1],
  );
});

test("names and texts stay what they are", () => {
  assert.equal(identifier('a"b').text, '"a""b"');
  assert.equal(textLiteral("it's").text, "'it''s'");
  assert.throws(
    () => textLiteral("a\u0000b"),
    (thrown: unknown) => thrown instanceof AppError && thrown.error === "invalidQuery",
  );
});
