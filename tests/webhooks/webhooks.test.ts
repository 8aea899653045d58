import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { verifyWebhook } from "chassis";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { type ChildServer, spawnProgram } from "../support/child-server.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const backend = `
import { defineBackend, defineSchema, everyone, functionsOf, integer, text, webhooksOf } from ${JSON.stringify(library)};
import { z } from ${JSON.stringify(import.meta.resolve("zod"))};

const schema = defineSchema({ notes: { body: integer(), line: text().optional() } });
const { webhook } = webhooksOf(schema);
const { mutation, query } = functionsOf(schema);
export default defineBackend(schema, {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  webhooks: { "note.created": webhook("notes", { on: ["create"], select: ["body", "line"], orderBy: "line" }) },
  functions: {
    add: mutation({ access: everyone, input: z.string() }, ({ webhooks, input }) => webhooks.add({ url: input })),
    endpoints: query({ access: everyone }, ({ webhooks }) => webhooks.list()),
  },
});
`;

interface Receiver {
  readonly host: string;
  /** The bodies of the rows that it was told of, in the order in which they came. */
  readonly told: { readonly body: number; readonly line: string | null }[];
  secret: string;
}

async function openReceiver(t: TestContext): Promise<Receiver> {
  const receiver: Receiver = { host: "", told: [], secret: "" };
  const server = createServer((request, response) => {
    let payload = "";
    request.setEncoding("utf8").on("data", (text: string) => (payload += text));
    request.once("end", () => {
      verifyWebhook(new Headers(request.headers as Record<string, string>), payload, { secret: receiver.secret });
      receiver.told.push((JSON.parse(payload) as { data: { row: Receiver["told"][number] } }).data.row);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(receiver, { host: `127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function start(t: TestContext, { path }: BackendFolder, allow: string): Promise<{ server: ChildServer; url: string }> {
  const server = spawnProgram(t, ["start", path], { PORT: "0", CHASSIS_WEBHOOKS_ALLOW: allow });
  const [, url = ""] = await server.written(/"url":"([^"]+)"/);
  return { server, url };
}

async function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

test("every row that was acknowledged is told, in the order of its line, though the server is killed again and again", async (t) => {
  const receiver = await openReceiver(t);
  const folder = await backendFolder(t, backend);
  let { server, url } = await start(t, folder, receiver.host);
  const added = await post(`${url}/rest/v1/rpc/add`, `http://${receiver.host}/`);
  assert.equal(added.status, 200, await added.clone().text());
  receiver.secret = ((await added.json()) as { readonly secret: string }).secret;
  assert.equal(((await (await fetch(`${url}/rest/v1/rpc/endpoints`)).json()) as unknown[]).length, 1);
  const acknowledged: Receiver["told"] = [];
  let next = 0;
  for (let kill = 0; kill < 2; kill++) {
    const enough = receiver.told.length + 20;
    // Each line is written by one hand, so that its order is known.
    const write = async (line: string | null): Promise<void> => {
      for (;;) {
        const note = { body: next++, line };
        const response = await post(`${url}/rest/v1/notes`, note).catch(() => undefined);
        if (response?.status !== 201) return;
        acknowledged.push(note);
        if (receiver.told.length >= enough) server.process.kill("SIGKILL");
      }
    };
    await Promise.all(["a", "b", null, null].map(write));
    await server.ended();
    ({ server, url } = await start(t, folder, receiver.host));
  }
  const missing = (): number => {
    const told = new Set(receiver.told.map(({ body }) => body));
    return acknowledged.filter(({ body }) => !told.has(body)).length;
  };
  for (const deadline = performance.now() + 20_000; missing() > 0; ) {
    assert.ok(performance.now() < deadline, `${missing()} of ${acknowledged.length} rows were never told.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const line of ["a", "b"]) {
    // What was sent and not noted before the server was killed comes once more.
    const told = receiver.told.filter((note) => note.line === line).map(({ body }) => body);
    const once = told.filter((body, index) => body !== told[index - 1]);
    assert.deepEqual(
      once,
      once.toSorted((one, other) => one - other),
      line,
    );
  }
  server.process.kill("SIGTERM");
  assert.equal(await server.ended(), 0);
});
