import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { defineBackend, defineSchema, everyone, nobody, text } from "chassis";
import { mail, paragraph } from "chassis/mail";
import { findJob, MailSettingsError } from "#application";
import { type Config, loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { startMailServer } from "../support/smtp-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema({ people: { name: text() } });
const rules = { people: () => ({ read: everyone, write: nobody }) };
const note = mail({ subject: "Hello", body: () => [paragraph("Hello")] });
const backend = defineBackend(schema, { rules, mails: { note }, mail: { from: "desk@example.org" } });

interface Started {
  readonly platform: Platform;
  readonly warnings: string[];
}

async function start(t: TestContext, dataDirectory: string, settings: Readonly<Record<string, string>> = {}): Promise<Started> {
  const config: Config = loadConfig({ environment: { CHASSIS_DURABILITY: "lose-minutes", ...settings } });
  const warnings: string[] = [];
  const warn = (_fields: object, message = ""): void => void warnings.push(message);
  const platform = await createPlatform({ backend, config, dataDirectory, logger: { debug() {}, info() {}, warn, error: warn } });
  t.after(() => platform.close());
  return { platform, warnings };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, "It never came about.");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("without a server mails wait, uncounted, and are sent once one is set", async (t) => {
  const folder = await temporaryFolder(t);
  const first = await start(t, folder);
  assert.equal(first.platform.mail.destination, "waiting");
  assert.deepEqual(first.warnings, [
    "No mail server is set (CHASSIS_MAIL_SERVER): mails are kept as jobs, and sent once one is.",
  ]);
  const ids = await Promise.all(["ada", "bob", "cem"].map((name) => first.platform.enqueue(note, { to: `${name}@example.org` })));
  const [id = 0] = ids;
  await until(async () => typeof (await findJob(first.platform.database, id))?.error === "string");
  const put = await findJob(first.platform.database, id);
  assert.deepEqual(
    [put?.state, put?.attempt, put?.error],
    ["scheduled", 0, "Put off: No mail server is set: CHASSIS_MAIL_SERVER."],
  );
  // The others are not even looked at.
  assert.deepEqual([(await findJob(first.platform.database, ids[2] ?? 0))?.state], ["ready"]);
  await first.platform.close();

  const server = await startMailServer(t, { settings: { hideSTARTTLS: true } });
  const second = await start(t, folder, { CHASSIS_MAIL_SERVER: `smtp+plain://127.0.0.1:${server.port}` });
  assert.equal(second.platform.mail.destination, "server");
  await second.platform.database.transaction((connection) => connection.run("UPDATE _chassis_jobs SET run_at = 0", []));
  await until(async () => server.taken.length === 3);
  assert.deepEqual(server.taken.flatMap(({ to }) => to).sort(), ["ada@example.org", "bob@example.org", "cem@example.org"]);
});

test("the mailbox can be chosen where mails would wait", async (t) => {
  const { platform, warnings } = await start(t, await temporaryFolder(t), { CHASSIS_MAIL_SERVER: "mailbox" });
  assert.deepEqual([platform.mail.destination, warnings], ["mailbox", []]);
  await platform.enqueue(note, { to: "ada@example.org" });
  await until(async () => (await platform.mail.mailbox.list()).length === 1);
});

test("a server that sends mails does not start without a sender, or with a list that nobody could leave", async (t) => {
  const bulk = mail({ list: "news", subject: "News", body: () => [] });
  const open = async (mails: object, settings: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const platform = await createPlatform({
      backend: defineBackend(schema, { rules, mails: mails as never }),
      config: loadConfig({ environment: { CHASSIS_MAIL_SERVER: "smtp+plain://127.0.0.1:1", ...settings } }),
      dataDirectory: await temporaryFolder(t),
      isDisposable: true,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    });
    return platform.close();
  };
  await assert.rejects(
    open({ note }),
    (error) => error instanceof MailSettingsError && /'note' has no sender\. Set CHASSIS_MAIL_FROM/.test(error.message),
  );
  const from = { CHASSIS_MAIL_FROM: "desk@example.org" };
  await open({ note }, from);
  await assert.rejects(open({ bulk }, from), /the list 'news' have a link .* Set CHASSIS_BASE_URL/);
  await open({ bulk }, { ...from, CHASSIS_BASE_URL: "https://example.org" });
  // Where nothing is sent there may be neither.
  await open({ note, bulk }, { CHASSIS_MAIL_SERVER: "mailbox" });
});
