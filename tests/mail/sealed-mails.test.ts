import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { defineBackend, defineSchema, everyone, mutation, nobody, text } from "chassis";
import { button, mail, paragraph } from "chassis/mail";
import { type Backend, rotateSecret } from "#application";
import { type Logger, silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface LinkData {
  readonly link: string;
}
const anything: StandardSchemaV1<LinkData, LinkData> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as LinkData }) },
};
const body = ({ link }: LinkData) => [paragraph("Here it is."), button("Go", link)];
const own = mail({ input: anything, subject: "Yours, by us", body });
const guarded = mail({ input: anything, sealed: true, subject: "Guarded", body });
const open = mail({ input: anything, subject: "Open", body });

const schema = defineSchema({ users: { name: text().min(1).max(80) } });
const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: row.id.eq(me.id) }),
  },
  auth: true,
  mails: { guarded, open, authSignInLink: own },
  functions: {
    send: mutation({ access: everyone }, async ({ enqueue }) => {
      const link = (token: string): string => `https://people.example/x?token=${token}`;
      await enqueue(guarded, { to: "guarded@example.org", data: { link: link("GUARDED-TOKEN") } });
      await enqueue(open, { to: "open@example.org", data: { link: link("OPEN-TOKEN") } });
    }),
  },
});

interface Started {
  readonly logger?: Logger;
  readonly as?: Backend;
}

async function start(
  t: TestContext,
  dataDirectory: string,
  mailServer: string | undefined,
  { logger = silentLogger, as = backend }: Started = {},
): Promise<Platform> {
  const environment = {
    CHASSIS_BASE_URL: "https://people.example",
    CHASSIS_ALLOWED_HOSTS: "*",
    CHASSIS_RATE_LIMITS: "off",
    CHASSIS_JOBS: mailServer === undefined ? "off" : "on",
    ...(mailServer === undefined ? {} : { CHASSIS_MAIL_SERVER: mailServer }),
  };
  const platform = await createPlatform({ backend: as, config: loadConfig({ environment }), dataDirectory, logger });
  t.after(() => platform.close());
  return platform;
}

const post = (platform: Platform, path: string, given: object = {}): Promise<Response> =>
  platform.fetch(
    new Request(`https://people.example${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(given),
    }),
  );

/** Somebody signs up and asks for a link, and mails wait for a server: what there is then. */
async function waiting(t: TestContext): Promise<string> {
  const directory = await temporaryFolder(t);
  const platform = await start(t, directory, undefined);
  const given = { email: "ada@example.org", password: "correct horse battery", user: { name: "Ada" } };
  assert.equal((await post(platform, "/auth/v1/sign-up", given)).status, 202);
  assert.equal((await post(platform, "/rest/v1/rpc/send")).status, 204);
  await platform.close();
  return directory;
}

async function subjectsOf({ mail: { mailbox } }: Platform, many: number): Promise<readonly string[]> {
  const start = performance.now();
  for (;;) {
    const list = await mailbox.list({});
    if (list.length >= many) return list.map(({ subject }) => subject).toSorted();
    assert.ok(performance.now() - start < 20_000, JSON.stringify(list));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("what lets somebody in is in no file of the database while its mail waits, and is in the mail", async (t) => {
  const directory = await waiting(t);
  const kept = readdirSync(directory).filter((name) => name.includes(".db") || name.includes("sqlite"));
  assert.ok(kept.length > 0, readdirSync(directory).join(" "));
  const bytes = kept.map((name) => readFileSync(join(directory, name), "latin1")).join("");
  assert.ok(bytes.includes("OPEN-TOKEN"), "a mail that says nothing of it is kept as it is");
  assert.ok(bytes.includes('{"sealed":"'));
  for (const secret of ["GUARDED-TOKEN", "guarded@example.org", "/auth/confirm?token="])
    assert.ok(!bytes.includes(secret), secret);

  // The secret may be rotated meanwhile.
  await rotateSecret(directory, Date.now() + 60_000);
  const platform = await start(t, directory, "mailbox");
  assert.deepEqual(await subjectsOf(platform, 3), ["Confirm your address for people.example", "Guarded", "Open"]);
  const [sent] = await platform.mail.mailbox.list({ to: "ada@example.org" });
  const { text: words = "" } = (await platform.mail.mailbox.find(sent?.id ?? 0)) ?? {};
  const token = /\/auth\/confirm\?token=([A-Za-z0-9_-]{43})/.exec(words)?.[1];
  const confirmed = await post(platform, "/auth/v1/sign-up/confirm", { token, password: "correct horse battery" });
  assert.equal(confirmed.status, 200, "and it is good");
});

test("a mail of the back end's own in place of one of sign-in is kept so too", async (t) => {
  const directory = await waiting(t);
  const first = await start(t, directory, "mailbox");
  await subjectsOf(first, 3);
  const [sent] = await first.mail.mailbox.list({ to: "ada@example.org" });
  const { text: words = "" } = (await first.mail.mailbox.find(sent?.id ?? 0)) ?? {};
  const token = /token=([A-Za-z0-9_-]{43})/.exec(words)?.[1];
  await post(first, "/auth/v1/sign-up/confirm", { token, password: "correct horse battery" });
  await first.close();
  const second = await start(t, directory, undefined);
  assert.equal((await post(second, "/auth/v1/link", { email: "ada@example.org" })).status, 202);
  const row = await second.database.get("SELECT input FROM _chassis_jobs WHERE name = 'mail.authSignInLink'", []);
  assert.match(String(row?.[0]), /^\{"sealed":"[\w-]+"\}$/);
  await second.close();
  const third = await start(t, directory, "mailbox");
  assert.ok((await subjectsOf(third, 4)).includes("Yours, by us"));
});

test("those that wait when a mail is sealed no longer are sent", async (t) => {
  const directory = await waiting(t);
  const as: Backend = defineBackend(schema, {
    rules: { users: () => ({ read: everyone, write: nobody }) },
    mails: { guarded: mail({ input: anything, subject: "Open again", body }) },
  });
  const platform = await start(t, directory, "mailbox", { as });
  assert.deepEqual(await subjectsOf(platform, 1), ["Open again"]);
});

test("without the secret that sealed them such mails are set aside, with what to look for, and others go", async (t) => {
  const directory = await waiting(t);
  for (const name of ["token-secret", "previous-secrets"]) rmSync(join(directory, name), { force: true });
  const told: string[] = [];
  const logger: Logger = { ...silentLogger, error: (fields) => void told.push(String((fields as { err?: Error }).err?.message)) };
  const platform = await start(t, directory, "mailbox", { logger });
  assert.deepEqual(await subjectsOf(platform, 1), ["Open"]);
  const begun = performance.now();
  while (told.length < 2 && performance.now() - begun < 20_000) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(told.length, 2);
  for (const message of told) assert.match(message, /sealed by a secret that this data directory does not have: token-secret/);
});
