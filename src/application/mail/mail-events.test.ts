import assert from "node:assert/strict";
import { test } from "node:test";
import { type Clock, systemClock } from "#base";
import { openSqlite } from "#database";
import { createMailEvents, type MailEvent } from "./mail-events.ts";
import { createMailTables } from "./mail-tables.ts";
import { createSuppressions } from "./suppressions.ts";

const DAY = 86_400_000;

test("an event is taken once, whole, and what was taken back since then stays so", async (t) => {
  let now = Date.parse("2026-11-26T08:00:00Z");
  const clock: Clock = { ...systemClock, now: () => now };
  const database = await openSqlite({ path: ":memory:", clock });
  t.after(() => database.close());
  await database.transaction(createMailTables);
  const events = createMailEvents(database, clock);
  const suppressions = createSuppressions(database, clock);
  const event: MailEvent = {
    id: "e1",
    suppress: [
      { address: "Ada <Ada@Example.org>", reason: "bounce", detail: "550" },
      { address: "bob@example.org", reason: "complaint", detail: undefined },
      { address: "no address", reason: "bounce", detail: undefined },
      { address: { toString: () => "eve@example.org" }, reason: "bounce", detail: undefined },
    ],
  };
  assert.equal(await events.take("resend", [event]), 2);
  assert.deepEqual(await suppressions.find("ada@example.org", "digest"), {
    address: "ada@example.org",
    list: null,
    reason: "bounce",
    detail: "550",
    since: "2026-11-26T08:00:00.000Z",
  });
  assert.equal((await suppressions.find("bob@example.org"))?.reason, "complaint");
  assert.equal((await suppressions.list()).length, 2);

  await suppressions.remove("ada@example.org");
  now += 29 * DAY;
  assert.equal(await events.take("resend", [event]), 0);
  assert.equal(await suppressions.find("ada@example.org"), undefined);
  assert.equal(await events.take("mailgun", [event]), 1, "another provider's event of that id is another");
  assert.equal(await events.take("resend", []), 0);

  const ids = async (): Promise<unknown> => database.all("SELECT provider, id FROM _chassis_mail_events ORDER BY moment, id", []);
  now += 2 * DAY;
  await events.take("resend", [{ id: "x".repeat(400), suppress: [] }]);
  assert.deepEqual(await ids(), [
    ["mailgun", "e1"],
    ["resend", "x".repeat(300)],
  ]);
});

test("where the disk refuses one of them, none of a message is taken, and the next try takes all", async (t) => {
  const database = await openSqlite({ path: ":memory:" });
  t.after(() => database.close());
  await database.transaction(createMailTables);
  await database.transaction((connection) =>
    connection.run(
      "CREATE TRIGGER refuse BEFORE INSERT ON _chassis_mail_suppressions WHEN NEW.address = 'bob@example.org' BEGIN SELECT RAISE(ABORT, 'no'); END",
      [],
    ),
  );
  const events = createMailEvents(database, systemClock);
  const told: readonly MailEvent[] = ["ada", "bob"].map((name) => ({
    id: name,
    suppress: [{ address: `${name}@example.org`, reason: "bounce", detail: undefined }],
  }));
  await assert.rejects(events.take("ses", told));
  assert.deepEqual(await database.all("SELECT id FROM _chassis_mail_events", []), []);
  await database.transaction((connection) => connection.run("DROP TRIGGER refuse", []));
  assert.equal(await events.take("ses", told), 2);
});
