import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "./clock.ts";
import { createIdSource } from "./ids.ts";

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("ids have the form of a UUID version 7 and carry their millisecond", () => {
  const at = Date.UTC(2026, 10, 25, 18, 0, 0, 123);
  const id = createIdSource({ now: () => at, monotonic: () => 0 }).uuid();
  assert.match(id, form);
  assert.equal(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16), at);
});

test("ids of one source always increase, also when thousands fall into one millisecond and when the clock goes back", () => {
  let now = 1_700_000_000_000;
  const source = createIdSource({ now: () => now, monotonic: () => 0 });
  let last = "";
  for (let index = 0; index < 50_000; index++) {
    if (index % 9_000 === 0) now += index % 2 === 0 ? 1 : -5;
    const id = source.uuid();
    assert.match(id, form);
    assert.ok(id > last, `${id} comes after ${last}`);
    last = id;
  }
});

test("ids of two sources differ", () => {
  const ids = new Set<string>();
  for (let source = 0; source < 50; source++) ids.add(createIdSource(systemClock).uuid());
  assert.equal(ids.size, 50);
});
