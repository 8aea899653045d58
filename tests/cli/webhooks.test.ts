import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { verifyWebhook } from "chassis";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const backend = `
import { defineBackend, defineSchema, everyone, text, webhooksOf } from ${JSON.stringify(library)};

const schema = defineSchema({ notes: { body: text() } });
const { webhook } = webhooksOf(schema);
export default defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  webhooks: {
    "note.created": webhook("notes", { on: ["create"], select: ["body"] }),
    "note.deleted": webhook("notes", { on: ["delete"], select: ["id"] }),
  },
});
`;

interface Receiver {
  readonly host: string;
  readonly received: { readonly headers: Headers; readonly payload: string }[];
  answer: (response: ServerResponse) => void;
}

async function openReceiver(t: TestContext): Promise<Receiver> {
  const receiver: Receiver = { host: "", received: [], answer: (response) => void response.writeHead(204).end() };
  const server = createServer((request, response) => {
    let payload = "";
    request.setEncoding("utf8").on("data", (text: string) => (payload += text));
    request.once("end", () => {
      receiver.received.push({ headers: new Headers(request.headers as Record<string, string>), payload });
      receiver.answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(receiver, { host: `127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function until(condition: () => unknown): Promise<void> {
  for (const deadline = performance.now() + 20_000; !(await condition()); ) {
    assert.ok(performance.now() < deadline, String(condition));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("webhooks are seen and steered beside a running server, and without one", async (t) => {
  const receiver = await openReceiver(t);
  process.env["CHASSIS_WEBHOOKS_ALLOW"] = receiver.host;
  t.after(() => void delete process.env["CHASSIS_WEBHOOKS_ALLOW"]);
  const folder = await backendFolder(t, backend);
  const run = (...args: readonly string[]): ReturnType<BackendFolder["run"]> =>
    folder.run("webhooks", ...args, "-b", folder.path);
  assert.match((await run("list")).errors, /There is no database in .* yet/);
  assert.match((await run("add", "https://example.com/")).errors, /There is no database in .* yet/);
  const server = spawnProgram(t, ["start", folder.path], { PORT: "0" });
  const [, url] = await server.written(/"url":"([^"]+)"/);
  const write = async (body: string): Promise<void> => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/rest/v1/notes`, { method: "POST", headers, body: JSON.stringify({ body }) });
    assert.equal(response.status, 201, await response.text());
  };
  assert.match((await run()).errors, /Nobody receives webhooks yet/);

  const added = await run(
    "add",
    `http://${receiver.host}/hooks`,
    "--type",
    "note.created",
    "--description",
    "Ours\u001b[31m".slice(0, 4),
  );
  assert.equal(added.code, 0, added.errors);
  assert.match(added.output, /^whsec_[A-Za-z0-9+/=]+\n$/);
  const id = /^(ep_[0-9a-f]+) takes note\.created/.exec(added.errors)?.[1] ?? "";
  assert.notEqual(id, "");
  const list = await run("list");
  assert.match(
    list.output,
    new RegExp(`^id +url +types +state\\n${id} +http://${receiver.host}/hooks +note\\.created +enabled\\n$`),
  );

  await write("one");
  await until(() => receiver.received.length === 1);
  const [first] = receiver.received;
  assert.ok(first !== undefined);
  verifyWebhook(first.headers, first.payload, { secret: added.output.trim() });
  assert.match((await run("test", id)).output, /^Taken: it answered 204 in \d+ ms\.\n$/);
  receiver.answer = (response) => void response.writeHead(500).end("no\u001b[31m");
  const failed = await run("test", id);
  assert.deepEqual([failed.code, failed.errors], [1, "Not taken: it answered 500: no\\u{1b}[31m\n"]);
  await write("two");
  await until(async () => (await run("deliveries", "--state", "waiting")).output !== "");
  const waiting = await run("deliveries", "--state", "waiting");
  const [, event = ""] = /^event .*\n(msg_[0-9a-f]+) +waiting +note\.created +ep_[0-9a-f]+ +\d/.exec(waiting.output) ?? [];
  assert.notEqual(event, "", waiting.output);
  await until(async () => /answered 500; again at 20/.test((await run("deliveries", "--event", event)).output));
  assert.match(
    (await run("deliveries", "--event", event)).output,
    /\n20\S+ \S+ {2}ep_\S+ {2}\d+ ms {2}answered 500: no\\u\{1b\}\[31m\n/,
  );
  const [line = ""] = (await run("deliveries", "--event", event, "--json")).output.split("\n");
  assert.equal((JSON.parse(line) as { readonly all: readonly unknown[] }).all.length, 1);
  assert.match((await run("show", id)).output, /state +failing since 20/);

  receiver.answer = (response) => void response.writeHead(204).end();
  const before = receiver.received.length;
  assert.equal((await run("replay", "--event", event)).output, "One message is sent again.\n");
  await until(() => receiver.received.length === before + 1);
  assert.match((await run("replay", "--since", "1h", "--endpoint", id)).output, /^4 messages are sent again\.\n$/);
  await until(() => receiver.received.length === before + 5);
  const rotated = await run("rotate", id);
  assert.match(rotated.errors, /signs beside it for 24 hours/);
  assert.notEqual(rotated.output, added.output);
  assert.match((await run("disable", id)).output, /is disabled\. What waited for it is dropped/);
  assert.match((await run("test", id)).errors, /is disabled: enable it first/);

  server.process.kill("SIGTERM");
  assert.equal(await server.ended(), 0);
  assert.match((await run("enable", id)).output, /is enabled, and gets what happens from now on/);
  assert.match((await run("test", id)).output, /^msg_[0-9a-f]+ is sent once a server runs\.\n$/);
  assert.match((await run("remove", id)).output, /is removed/);
  assert.match((await run("list")).errors, /Nobody receives webhooks yet/);
  assert.match((await run("add", "https://example.com/hooks", "--notify", "ann@example.org")).errors, /^ep_\S+ takes all types/);
});

test("what is typed wrong is said in words that help", async (t) => {
  const folder = await backendFolder(t, backend);
  const server = spawnProgram(t, ["start", folder.path], { PORT: "0" });
  await server.written(/"url":"([^"]+)"/);
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["lst"], /There is no command '[a-z ]*lst'; did you mean '[a-z ]*list'/],
    [["add"], /needs <url>/],
    [["add", "http://127.1/"], /url: The host is not on the public internet.*CHASSIS_WEBHOOKS_ALLOW=host:port/s],
    [["add", "http://example.com/"], /url: must be https.*CHASSIS_WEBHOOKS_ALLOW=host:port/s],
    [["add", "https://example.com:4443/"], /url: Port 4443 is not.*CHASSIS_WEBHOOKS_ALLOW=host:port/s],
    [["add", "example.com"], /url: must be an address such as https:\/\/example\.com\/hooks\n$/],
    [["add", "https://ann:secret@example.com/"], /belong into a header\.\n$/],
    [["add", "https://example.com/", "--type", "note.creatd"], /types: there is no webhook 'note\.creatd'.*note\.created/],
    [["add", "https://example.com/", "--notify", "ann"], /notify: must be/],
    [["show", "ep_1"], /There is no endpoint 'ep_1'/],
    [["remove", "ep_1"], /There is no webhook endpoint 'ep_1'/],
    [["deliveries", "--state", "wating"], /--state is waiting, .* not 'wating'; did you mean 'waiting'/],
    [["deliveries", "--limit", "0"], /--limit must be a whole number/],
    [["deliveries", "--event", "msg_1"], /There is no such delivery/],
    [["deliveries", "--endpoint", "ep_1"], /There is no endpoint 'ep_1'.*chassis webhooks/],
    [["deliveries"], /Nothing has been sent/],
    [["replay"], /Say what is to be sent again, by one of/],
    [["replay", "--failed", "--since", "1h"], /Say what is to be sent again/],
    [["replay", "--since", "yesterday"], /--since must be a day .*not .yesterday/],
    [["replay", "--event", "msg_1"], /There is no message 'msg_1'/],
  ];
  for (const [args, pattern] of wrong) {
    const { errors } = await folder.run("webhooks", ...args, "-b", folder.path);
    assert.match(errors, pattern, args.join(" "));
  }
});

test("a back end without webhooks says so", async (t) => {
  const folder = await backendFolder(t);
  assert.match(
    (await folder.run("webhooks", "add", "https://example.com/", folder.path)).errors,
    /This back end has no webhooks/,
  );
});
