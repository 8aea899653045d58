import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { type Backend, defineBackend, defineSchema, everyone, text, webhooksOf } from "chassis";
import { temporaryFolder } from "../support/temporary-folder.ts";

const schema = defineSchema({ notes: { body: text() } });
const { webhook } = webhooksOf(schema);
const parts = {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  webhooks: { "note.created": webhook("notes", { on: ["create"], select: ["id"] }) },
} as const;

interface World {
  readonly platform: Platform;
  readonly host: string;
  /** Once the endpoint has answered that it is gone. */
  readonly disabled: () => Promise<void>;
}

async function open(t: TestContext, define: (routes: never) => Backend, notify: string | null): Promise<World> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => void response.writeHead(410).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const add = {
    routes: (app: { webhooks: { add: (input: object) => Promise<unknown> } }) => async () =>
      Response.json(await app.webhooks.add({ url: `http://${host}/`, notify })),
  };
  const platform = await createPlatform({
    backend: define(add.routes as never),
    config: loadConfig({ environment: { CHASSIS_WEBHOOKS_ALLOW: host } }),
    dataDirectory: await temporaryFolder(t),
    logger: silentLogger,
    development: true,
  });
  t.after(() => platform.close());
  const post = (path: string, body: unknown): Promise<Response> =>
    platform.fetch(
      new Request(`http://localhost${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  assert.equal((await post("/add", {})).status, 200);
  assert.equal((await post("/rest/v1/notes", { body: "x" })).status, 201);
  const isDisabled = async (): Promise<boolean> =>
    (await platform.database.get("SELECT 1 FROM _chassis_webhook_endpoints WHERE enabled = 0", [])) !== undefined;
  return { platform, host, disabled: () => until(isDisabled) };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 10_000; !(await condition()); ) {
    assert.ok(performance.now() < deadline, "It never came about.");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

for (const [language, subject, words] of [
  ["en", "Webhooks to {host} are disabled", /Nothing more is sent to http:\/\/127\.0\.0\.1:\d+\/\. It answered 410 Gone\./],
  [
    "nl-BE",
    "Webhooks naar {host} zijn uitgezet",
    /niets meer naar http:\/\/127\.0\.0\.1:\d+\/ gestuurd\. Het antwoordde met 410 Gone\./,
  ],
] as const) {
  test(`whoever asked for it is told by mail that an endpoint was disabled, in ${language}`, async (t) => {
    const mail = { from: "hello@example.org", language };
    const define = (routes: never): Backend => defineBackend(schema, { ...parts, routes, mail });
    const { platform, host } = await open(t, define, "ann@example.org");
    await until(async () => (await platform.mail.mailbox.list()).length === 1);
    const [summary] = await platform.mail.mailbox.list();
    assert.deepEqual([summary?.to, summary?.subject], ["ann@example.org", subject.replace("{host}", host)]);
    const message = await platform.mail.mailbox.find(summary?.id ?? 0);
    assert.match((message?.text ?? "").replaceAll(/\s+/g, " "), words);
  });
}

test("without an address nobody is told, and without mail the endpoint is disabled all the same", async (t) => {
  const withMail = (routes: never): Backend => defineBackend(schema, { ...parts, routes, mail: { from: "hello@example.org" } });
  const one = await open(t, withMail, null);
  await one.disabled();
  const without = (routes: never): Backend => defineBackend(schema, { ...parts, routes });
  const other = await open(t, without, "ann@example.org");
  await other.disabled();
  for (const { platform } of [one, other]) {
    assert.deepEqual(await platform.mail.mailbox.list(), []);
    assert.deepEqual(await platform.database.all("SELECT name FROM _chassis_jobs", []).catch(() => []), []);
  }
});
