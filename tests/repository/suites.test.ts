import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { test } from "node:test";
import { filesNamed, filesOf, root } from "../../tools/tests/choose-files.ts";
import { longFiles } from "../../tools/tests/long-files.ts";

const [short, long] = [filesOf("short"), filesOf("long")];

test("every test file is in a suite, and those of both are properties that are tried more often in the long one", () => {
  const all = globSync(["src/**/*.test.ts", "tests/**/*.test.ts", "examples/**/*.test.ts", "templates/**/*.test.ts"], {
    cwd: root,
  });
  assert.deepEqual(new Set([...short, ...long]), new Set(all));
  assert.ok(short.length > 300);
  assert.ok(short.includes("tests/repository/suites.test.ts") && !long.includes("tests/repository/suites.test.ts"));
  assert.ok(long.includes("tests/faults/fault-01-kill.test.ts") && !short.includes("tests/faults/fault-01-kill.test.ts"));
  const both = short.filter((file) => long.includes(file));
  assert.ok(both.includes("src/database/sql/compile-expression.property.test.ts"));
});

test("every line of the table of long files still means one", () => {
  assert.deepEqual(
    Object.keys(longFiles).filter((pattern) => globSync(pattern, { cwd: root }).length === 0),
    [],
  );
});

test("words mean files that begin with them, else those that have them in their path, of both suites", () => {
  assert.deepEqual(filesNamed(["tests/repository/suites.test.ts"], root), ["tests/repository/suites.test.ts"]);
  assert.deepEqual(filesNamed(["suites.test.ts"], `${root}/tests/repository`), ["tests/repository/suites.test.ts"]);
  assert.ok(filesNamed(["tests/faults"], root).every((file) => file.startsWith("tests/faults/")));
  assert.ok(filesNamed(["fault-01", "src/base"], root).includes("tests/faults/fault-01-kill.test.ts"));
  assert.throws(() => filesNamed(["nowhere"], root), /No test file has 'nowhere' in its path/);
});
