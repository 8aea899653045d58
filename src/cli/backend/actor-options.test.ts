import assert from "node:assert/strict";
import { test } from "node:test";
import { defineSchema, id, integer, text } from "chassis";
import { readActor } from "./actor-options.ts";
import { CommandError } from "../command-line/command-error.ts";

const refuses = (message: RegExp) => (thrown: unknown) => thrown instanceof CommandError && message.test(thrown.message);

test("an actor has an id of the kind that users have", () => {
  const { model } = defineSchema({ users: { name: text() } }, { roles: ["cook"] });
  assert.throws(() => readActor(model, { user: "eve" }), refuses(/must be a UUID, not 'eve'/));
  const user = "01890000-0000-7000-8000-00000000ada0";
  assert.deepEqual(readActor(model, { user, role: ["cook", "cook"] }), { id: user, roles: ["cook"], claims: {} });
  const named = defineSchema({ users: { id: id("text") } });
  assert.equal(readActor(named.model, { user: "eve" }).id, "eve");
});

test("roles and claims are those of the definition", () => {
  const { model } = defineSchema({ users: { id: id("text") } }, { roles: ["cook", "guest"], claims: { level: integer() } });
  assert.throws(() => readActor(model, { user: "eve", role: ["cok"] }), refuses(/did you mean 'cook'/));
  assert.throws(() => readActor(model, { user: "eve", role: ["zzz"] }), refuses(/there are cook, guest/));
  assert.throws(() => readActor(model, { user: "eve", claim: ["level=high"] }), refuses(/'level' must be a whole number/));
  assert.deepEqual(readActor(model, { user: "eve", claim: ["level=3"] }).claims, { level: 3 });
});
