import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { settingGroups, settings } from "#settings";
import { describeSettings } from "./describe-settings.ts";
import { root } from "./named-tests.ts";

test("docs/reference/settings.md has every setting, and no other: node tests/docs/write-pages.ts writes it", () => {
  assert.equal(readFileSync(join(root, "docs/reference/settings.md"), "utf8"), describeSettings());
  const grouped = settingGroups.flatMap((group) => group.settings.map(({ variable }) => variable));
  assert.deepEqual(
    Object.values(settings).filter(({ variable }) => !grouped.includes(variable)),
    [],
  );
  assert.equal(new Set(grouped).size, grouped.length);
});
