import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createClient } from "chassis/client";
import { defineBackend, defineSchema, everyone, jobsOf, mutation, nobody, openBackend, query, text } from "chassis";

// What a back end does all day, as a program of one of the runtimes: it says a line of JSON for each step that went as it should.

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  notes: { body: text().max(1000).search() },
});

const { job } = jobsOf(schema);
const noted = job({}, async ({ db }) => {
  await db.notes.create({ body: "written by a job" });
});

export const backend = defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), update: row.id.eq(me.id), delete: nobody }),
    notes: () => ({ read: everyone, write: everyone }),
  },
  functions: {
    later: mutation({ access: everyone }, async ({ enqueue }) => {
      await enqueue(noted);
    }),
    slowly: query({ access: everyone }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return "done";
    }),
  },
  jobs: { noted },
  ...(process.env["SIGN_IN"] === "on" ? { auth: true as const } : {}),
});

const [folder = ""] = process.argv.slice(2);
const site = "http://localhost";
const tell = (step: string, more: object = {}): void => console.log(JSON.stringify({ step, ...more }));

const opened = await openBackend(backend, {
  dataDirectory: pathToFileURL(`${join(folder, "data")}/`),
  environment: {
    CHASSIS_BASE_URL: site,
    CHASSIS_LOG_LEVEL: "silent",
    CHASSIS_MAIL_SERVER: "mailbox",
    CHASSIS_MAIL_FROM: "a@example.org",
  },
});
tell("opened");

const here = { address: "127.0.0.1" };
const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  opened.fetch(
    new Request(site + path, {
      ...init,
      headers: { "content-type": "application/json", ...(init.headers as Record<string, string>) },
    }),
    here,
  );

const made = await ask("/rest/v1/notes", { method: "POST", body: '{"body":"one"}' });
tell("written", { status: made.status });
// The client, in this runtime, with its types from the back end above.
const client = createClient<typeof backend>(site, { fetch: (request) => opened.fetch(request, here) });
const first = await client.notes.create({ body: "by the client" });
const [same] = await client.notes.list({ where: { id: first.id } });
tell("client", { same: same?.body });
const rows = Array.from({ length: 2000 }, (_, index) => `{"body":"row ${index}"}\n`);
const body = new ReadableStream<Uint8Array>({
  pull(controller) {
    const row = rows.shift();
    if (row === undefined) controller.close();
    else controller.enqueue(new TextEncoder().encode(row));
  },
});
const streamed = new Request(`${site}/rest/v1/notes`, {
  method: "POST",
  body,
  duplex: "half",
  headers: { "content-type": "application/x-ndjson" },
} as RequestInit);
tell("streamed", { status: (await opened.fetch(streamed, here)).status });
const read = await ask("/rest/v1/notes?select=body&body=like.row*&order=body&limit=3");
tell("read", { status: read.status, rows: await read.json() });
const found = await ask("/rest/v1/notes?select=body&body=fts.one");
tell("searched", { status: found.status });
const refused = await ask("/rest/v1/notes?body=nix.1");
tell("refused", { status: refused.status, code: ((await refused.json()) as { code: string }).code });

const handed = await ask("/rest/v1/rpc/later", { method: "POST", body: "{}" });
if (!handed.ok) throw new Error(await handed.text());
while (!(await (await ask("/rest/v1/notes?select=body&body=eq.written by a job")).text()).includes("job"))
  await new Promise((resolve) => setTimeout(resolve, 50));
tell("job");

const handled = await import("node:http").then(async ({ createServer }) => {
  const server = createServer((request, response) => opened.handle(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const answer = await fetch(`http://localhost:${port}/rest/v1/notes?limit=1`);
  const posted = await fetch(`http://localhost:${port}/rest/v1/notes`, {
    method: "POST",
    body: '{"body":"by a socket"}',
    headers: { "content-type": "application/json" },
  });
  await answer.text();
  return { read: answer.status, written: posted.status, server };
});
tell("handled", { read: handled.read, written: handled.written });
handled.server.close();

if (opened.auth !== undefined) {
  const account = { email: "ada@example.org", password: "correct horse battery", user: { name: "Ada" } };
  const asked = await ask("/auth/v1/sign-up", { method: "POST", body: JSON.stringify(account) });
  tell("sign-up", { status: asked.status });
  const wrong = await ask("/auth/v1/sign-in", {
    method: "POST",
    body: JSON.stringify({ ...account, user: undefined, password: "not that one" }),
  });
  tell("sign-in", { status: wrong.status });
}

const slow = ask("/rest/v1/rpc/slowly", { method: "POST", body: "{}" });
await new Promise((resolve) => setTimeout(resolve, 50));
await opened.close();
tell("closed", { underWay: (await slow).status, after: (await ask("/rest/v1/notes")).status });
