import assert from "node:assert/strict";
import { after, test } from "node:test";
import { defineBackend, defineSchema, query, ref, signedIn, text } from "chassis";
import type { Logger } from "#base";
import { type Browser, startPeople } from "../support/live-people.ts";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  notes: { author: ref("users").immutable().defaultToActor(), body: text() },
});
const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: signedIn, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: row.id.eq(me.id) }),
    notes: ({ row, me }) => ({ read: signedIn, write: row.author.eq(me.id) }),
  },
  functions: { greet: query({ access: signedIn }, ({ me }) => me?.id ?? "") },
  auth: { keys: true, impersonation: true },
  routes: (app) => async (request) => Response.json((await app.as(request)).me?.id ?? null),
});

type Line = Readonly<Record<string, unknown>>;
const lines: Line[] = [];
const write = (fields: object, message?: string): void => void lines.push({ ...fields, message });
const logger: Logger = { debug: write, info: write, warn: write, error: write };
const live = await startPeople({ after }, { backend, logger, environment: { CHASSIS_LOG_LEVEL: "debug" } });

/** Who asked, as the line about that request says it. */
async function whoseLine(asked: Promise<Response | { readonly headers: Headers }>, message = "Answered."): Promise<Line> {
  const id = (await asked).headers.get("x-request-id");
  const line = lines.find((each) => each["requestId"] === id && each["message"] === message);
  assert.ok(line !== undefined, `no line ${message} of ${id}`);
  const { user, session, key, impersonator } = line;
  return Object.fromEntries(Object.entries({ user, session, key, impersonator }).filter(([, value]) => value !== undefined));
}

const join = async (name: string): Promise<Browser & { readonly user: string; readonly session: string }> => {
  const browser = await live.join(`${name}@example.org`, name);
  const { id } = ((await browser.get("/auth/v1/sessions")).body as unknown as readonly { readonly id: string }[])[0] ?? {};
  return Object.assign(browser, { session: String(id) });
};
const as = (authorization: string, path: string, more: RequestInit = {}): Promise<Response> =>
  fetch(live.url + path, { ...more, headers: { authorization, "content-type": "application/json" } });

test("the line of each request says who asked and by which session, whatever they asked for", async () => {
  const ada = await join("ada");
  const hers = { user: ada.user, session: ada.session };
  const batch = [{ method: "POST", path: "/notes", body: { body: "one" } }];
  for (const asked of [
    () => ada.get("/rest/v1/notes"),
    () => ada.post("/rest/v1/notes", { body: "mine" }),
    () => ada.post("/rest/v1", batch),
    () => ada.get("/rest/v1/rpc/greet"),
    () => ada.get("/auth/v1/session"),
    () => ada.get("/auth/account"),
    () => ada.get("/openapi.json"),
    () => ada.get("/a-page-of-the-app"),
  ])
    assert.deepEqual(await whoseLine(asked()), hers, asked.toString());
});

test("of a key it says the key, of a program's token the user alone, of an administrator who acts as somebody both", async () => {
  const [bob, eve] = [await join("bob"), await join("eve")];
  const made = (await bob.post("/auth/v1/keys", { name: "a script" })).body;
  assert.deepEqual(await whoseLine(as(`Bearer ${String(made["key"])}`, "/rest/v1/notes")), { user: bob.user, key: made["id"] });
  const { token } = await live.platform.tokens.issue({ actor: { id: "nightly", roles: [], claims: {} }, lifetime: 60_000 });
  assert.deepEqual(await whoseLine(as(`Bearer ${token}`, "/rest/v1/notes")), { user: "nightly" });
  await live.platform.database.transaction((connection) =>
    connection.run(`UPDATE _chassis_accounts SET roles = '["admin"]' WHERE user = ?`, [eve.user]),
  );
  assert.equal((await eve.post("/auth/v1/impersonate", { user: bob.user, reason: "Ticket 7" })).status, 200);
  const { session, ...others } = await whoseLine(eve.get("/rest/v1/notes"));
  assert.deepEqual(others, { user: bob.user, impersonator: eve.user });
  assert.notEqual(session, eve.session);
});

test("a refusal says who was refused, and of who is nobody, or proves nothing, no line names anybody", async () => {
  const mia = await join("mia");
  const forbidden = mia.post("/auth/v1/impersonate", { user: mia.user, reason: "why not" });
  assert.deepEqual(await whoseLine(forbidden, "A request was refused."), { user: mia.user, session: mia.session });
  assert.deepEqual(await whoseLine(as("Bearer chs_nothing", "/rest/v1/notes"), "A request was refused."), {});
  assert.deepEqual(await whoseLine(live.browser().get("/rest/v1/notes")), {});
  assert.deepEqual(await whoseLine(live.browser().get("/a-page-of-the-app")), {});
});

test("no line holds an address, a name or what lets somebody in", () => {
  const said = JSON.stringify(lines);
  assert.doesNotMatch(said, /@example\.org|chs_[\w-]{20}|chk_[\w-]{20}|correct horse/);
});
