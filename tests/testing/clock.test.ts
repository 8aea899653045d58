import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cron,
  date,
  defineBackend,
  defineSchema,
  everyone,
  functionsOf,
  jobsOf,
  nobody,
  now,
  table,
  text,
  timestamp,
  today,
} from "chassis";
import { mail, paragraph } from "chassis/mail";
import { openTestBackend, type TestBackend } from "chassis/testing";
import { z } from "zod";

const schema = defineSchema({
  users: { name: text() },
  notes: table(
    { body: text(), day: date().default(today), at: timestamp().default(now) },
    { softDelete: { keep: "30d" }, history: true, audit: true },
  ),
});
const { job } = jobsOf(schema);
const { mutation } = functionsOf(schema);
const note = job({ input: z.string() }, async ({ input, db }) => void (await db.notes.create({ body: input })));
const chain = job({ input: z.number() }, async ({ input, db, enqueue }): Promise<void> => {
  await db.notes.create({ body: `chain ${input}` });
  if (input > 1) await enqueue(chain, input - 1, { delay: "10m" });
});
const daily = job({}, async ({ db }) => void (await db.notes.create({ body: "daily" })));
const fail = job({ maxAttempts: 1 }, () => Promise.reject(new Error("It does not work.")));
const hello = mail({ input: z.object({ words: z.string() }), subject: "Hello", body: ({ words }) => [paragraph(words)] });

const backend = defineBackend(schema, {
  auth: true,
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    notes: ({ row }) => ({ read: row.at.lte(now()), create: everyone, update: everyone, delete: everyone, history: nobody }),
  },
  jobs: { note, chain, daily, fail },
  crons: { daily: cron("0 9 * * *", daily) },
  mails: { hello },
  mail: { from: "Us <us@example.org>", brand: { name: "Us" } },
  functions: {
    greet: mutation(
      { access: everyone },
      async ({ enqueue }) => void (await enqueue(hello, { to: "ada@example.org", data: { words: "Hi" } })),
    ),
  },
  limits: { functions: { greet: "2/1h" } },
});

const start = "2031-05-01T08:00:00.000Z";
type App = TestBackend<typeof schema>;

const notes = async (app: App): Promise<readonly (readonly [string, string])[]> =>
  (await app.db.notes.list({ orderBy: { created: "asc" } })).map(({ body, created }) => [body, created]);

test("what is due runs in order, each at its moment, and what comes of it too", async () => {
  await using app = await openTestBackend(backend, { now: start });
  await app.enqueue(note, "in two hours", { delay: "2h" });
  await app.enqueue(chain, 3);
  await app.advance("90m");
  assert.deepEqual(await notes(app), [
    ["chain 3", start],
    ["chain 2", "2031-05-01T08:10:00.000Z"],
    ["chain 1", "2031-05-01T08:20:00.000Z"],
    ["daily", "2031-05-01T09:00:00.000Z"],
  ]);
  assert.equal(app.clock.date.toISOString(), "2031-05-01T09:30:00.000Z");
  await app.advance("3d");
  const later = (await notes(app)).slice(4);
  assert.deepEqual(later, [
    ["in two hours", "2031-05-01T10:00:00.000Z"],
    ...["02", "03", "04"].map((day) => ["daily", `2031-05-${day}T09:00:00.000Z`]),
  ]);
  await app.enqueue(fail, { delay: "1h" } as never).catch(() => app.enqueue(fail));
  await assert.rejects(app.advance("2h"), /The job fail .* failed: Error: It does not work\./);
});

test("defaults, rules and what is kept for a time follow the clock", async () => {
  await using app = await openTestBackend(backend, { now: start });
  const visitor = app.as(null);
  const { id, at, day, created, updated } = await visitor.db.notes.create({ body: "first" });
  assert.deepEqual([at, day, created, updated], [start, "2031-05-01", start, start]);
  const later = await app.make.notes({ at: "2031-05-02T00:00:00.000Z" });
  assert.equal(await visitor.db.notes.get(later.id), null);
  app.clock.set("2031-05-02T12:00:00Z");
  assert.equal((await visitor.db.notes.get(later.id))?.id, later.id);
  assert.equal((await visitor.db.notes.update(id, { body: "again" })).updated, "2031-05-02T12:00:00.000Z");
  await visitor.db.notes.delete(id);
  await app.advance("31d");
  assert.equal(await app.db.notes.count({ deleted: "only" }), 0);
});

test("sessions, tokens and limits end when the clock says so", async () => {
  await using app = await openTestBackend(backend, { now: start, settings: { CHASSIS_RATE_LIMITS: "on" } });
  const cookie = await signUp(app);
  const isKnown = async (): Promise<boolean> =>
    typeof ((await (await app.fetch("/auth/v1/session", { headers: { cookie } })).json()) as { user: string | null }).user ===
    "string";
  assert.equal(await isKnown(), true);
  const ada = app.as("ada");
  assert.equal((await ada.fetch("/rest/v1/notes")).status, 200);
  const greet = async (): Promise<number> =>
    (await app.as("ben").fetch("/rest/v1/rpc/greet", { method: "POST", body: "" })).status;
  assert.deepEqual([await greet(), await greet(), await greet()], [204, 204, 429]);
  app.clock.advance("1h");
  assert.equal(await greet(), 204);
  app.clock.advance("1d");
  assert.equal((await ada.fetch("/rest/v1/notes")).status, 401);
  app.clock.advance("400d");
  assert.equal(await isKnown(), false);
});

async function signUp(app: App): Promise<string> {
  const post = (path: string, body: object): Promise<Response> => app.fetch(path, { method: "POST", body: JSON.stringify(body) });
  const password = "correct horse battery";
  assert.ok((await post("/auth/v1/sign-up", { email: "ada@example.org", password, user: { name: "Ada" } })).ok);
  const { links } = await app.outbox.next({ mail: "authConfirmSignUp" });
  const confirmed = await post("/auth/v1/sign-up/confirm", {
    token: new URL(links[0] ?? "").searchParams.get("token"),
    password,
  });
  assert.ok(confirmed.ok, await confirmed.clone().text());
  return confirmed.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

test("nothing of the machine's time gets into what is answered, sent or kept", async () => {
  await using app = await openTestBackend(backend, { now: start });
  const seen: string[] = [];
  const look = async (path: string, init?: RequestInit): Promise<void> => {
    const response = await app.fetch(path, init);
    seen.push(`${path} ${JSON.stringify([...response.headers])} ${await response.text()}`);
  };
  const cookie = await signUp(app);
  const row = await app.make.notes();
  await look("/rest/v1/notes?select=*");
  await look("/rest/v1/notes", { method: "POST", body: '{"body":"x"}', headers: { prefer: "return=representation" } });
  await look(`/rest/v1/notes?id=eq.${row.id}`, { method: "PATCH", body: '{"body":"y"}', headers: { "idempotency-key": "one" } });
  await look(`/rest/v1/notes?id=eq.${row.id}`, { method: "DELETE" });
  await look("/rest/v1/rpc/greet", { method: "POST", body: "" });
  await look("/auth/account", { headers: { cookie } });
  await look("/auth/v1/session", { headers: { cookie } });
  await look("/health/ready");
  await look("/nowhere");
  seen.push(`token ${Buffer.from((await app.as("ada").token()).split(".")[1] ?? "", "base64url").toString()}`);
  await app.advance("2d");
  for (const { raw, mail: name } of await app.outbox.messages()) seen.push(`mail ${name} ${Buffer.from(raw).toString()}`);
  const { rows: tables } = await app.db.sql.executeQuery<{ name: string }>(
    query("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"),
  );
  for (const { name } of tables)
    seen.push(
      `table ${name} ${JSON.stringify((await app.db.sql.executeQuery(query(`SELECT * FROM "${name}"`))).rows, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value))}`,
    );
  const real = new Date();
  // Today's date in any form that people write, and the moment in seconds and milliseconds, as far as an hour goes.
  const days = [real.toISOString().slice(0, 10), real.toUTCString().slice(5, 16), String(Math.floor(real.getTime() / 1e7))];
  const leaks = seen.flatMap((text) =>
    days.flatMap((day) =>
      text.includes(day) ? [`${day} in ${text.slice(Math.max(0, text.indexOf(day) - 120), text.indexOf(day) + 40)}`] : [],
    ),
  );
  assert.deepEqual(leaks, []);
  assert.ok(seen.some((text) => text.includes("2031-05-01")));
});

function query(sql: string): never {
  return { sql, parameters: [], query: { kind: "RawNode" }, queryId: { queryId: sql } } as never;
}

test("a clock that runs goes on from where it was put, and what is no time is refused", async () => {
  await using app = await openTestBackend(backend);
  const before = app.clock.now();
  assert.ok(Math.abs(before - Date.now()) < 60_000);
  app.clock.advance("1h");
  assert.ok(app.clock.now() - before >= 3_600_000);
  app.clock.freeze();
  assert.equal(app.clock.now(), app.clock.now());
  assert.throws(() => app.clock.set("soon"), /"soon" is no moment/);
  assert.throws(() => app.clock.advance("1 hour"), /"1 hour" is no time to go on by/);
  await assert.rejects(app.advance(-1), /not negative/);
  await assert.rejects(openTestBackend(backend, { now: "2031-13-01" }), /no moment/);
});
