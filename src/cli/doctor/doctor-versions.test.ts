import assert from "node:assert/strict";
import { test } from "node:test";
import { examineVersions } from "./doctor-versions.ts";

test("a Node.js and a SQLite that are known to be bad", () => {
  const told = (node: string, sqlite: string): string =>
    examineVersions("/backend.ts", { node, sqlite })
      .map(({ level, message }) => `${level} ${message}`)
      .join("\n");
  assert.match(told("24.9.0", "3.53.4"), /^problem This is Node\.js 24\.9\.0\. .*does not start on it/);
  assert.match(told("25.2.0", "3.53.4"), /^problem This is Node\.js 25/);
  assert.match(told("26.1.0", "3.51.2"), /^problem .*SQLite 3\.51\.2.*WAL-reset/);
  assert.match(told("26.1.0", "3.53.4"), /^ok /);
});
