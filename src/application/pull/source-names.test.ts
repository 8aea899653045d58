import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nameProblem } from "../schema/names.ts";
import { fieldNames, tableNames } from "./source-names.ts";

test("names stay as near as a schema takes them", () => {
  const scenarios: readonly (readonly [written: string, name: string])[] = [
    ["users", "users"],
    ["Order Details", "orderDetails"],
    ["CustomerID", "customerID"],
    ["ID3Tag", "id3Tag"],
    ["HTTPStatus", "httpStatus"],
    ["EMPLOYEE_ID", "employee_id"],
    ["prénom", "prenom"],
    ["_collections", "collections"],
    ["2nd place", "ndPlace"],
    ["名前", "field"],
    ["and", "and_"],
    ["Created", "created_"],
    ["constructor", "constructor_"],
    ["x".repeat(80), "x".repeat(63)],
  ];
  for (const [written, name] of scenarios) assert.equal(fieldNames().take(written), name, written);
  assert.equal(tableNames().take("sqlite_things"), "own_sqlite_things");
  assert.equal(tableNames().take("rpc"), "rpc_");
});

test("whatever the names are, those given are allowed and differ in more than case", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom("id", "ID", "and", "a", "A", "a_", "_a", "version"))),
      (written) => {
        const names = fieldNames();
        const given = written.map((name) => names.take(name));
        assert.equal(new Set(given.map((name) => name.toLowerCase())).size, written.length);
        for (const name of given) assert.equal(nameProblem(name), undefined);
      },
    ),
  );
});
