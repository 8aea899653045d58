import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type Clock, silentLogger, systemClock } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { Webhook } from "standardwebhooks";
import { verifyWebhook, type WebhookEndpoint } from "chassis";
import backend from "../../examples/webhooks-out/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const [ann, bob, amsterdam, bergen] = [1, 2, 3, 4].map((n) => `00000000-0000-7000-8000-00000000000${n}`);

interface Told {
  readonly type: string;
  readonly data: { readonly operation: string; readonly row: Readonly<Record<string, unknown>> };
}

/** A receiver as somebody else would write it, by the scheme's own library. */
async function openReceiver(
  t: TestContext,
): Promise<{ host: string; told: Told[]; use: (secret: string) => void; fail: number }> {
  let secret = "";
  const receiver = { host: "", told: [] as Told[], use: (given: string) => void (secret = given), fail: 0 };
  const server = createServer((request, response) => {
    let payload = "";
    request.setEncoding("utf8").on("data", (text: string) => (payload += text));
    request.once("end", () => {
      const headers = request.headers as Record<string, string>;
      if (receiver.fail > 0) {
        receiver.fail -= 1;
        return void response.writeHead(503, { "retry-after": "1" }).end();
      }
      const body = new Webhook(secret).verify(payload, headers) as Told;
      assert.deepEqual(verifyWebhook(new Headers(headers), payload, { secret }).id, headers["webhook-id"]);
      assert.throws(() => new Webhook(secret).verify(`${payload} `, headers));
      receiver.told.push(body);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  return Object.assign(receiver, { host: `127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function start(t: TestContext, allow: string, clock: Clock = systemClock): Promise<Platform> {
  const config = loadConfig({ environment: { CHASSIS_WEBHOOKS_ALLOW: allow } });
  const dataDirectory = await temporaryFolder(t);
  const platform = await createPlatform({ backend, config, dataDirectory, isDisposable: true, logger: silentLogger, clock });
  t.after(() => platform.close());
  return platform;
}

type Ask = (method: string, path: string, body: unknown, who?: "ann" | "bob" | null) => Promise<Response>;

async function asker({ tokens, fetch, database }: Platform): Promise<Ask> {
  const stamps = "'2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 1";
  await database.transaction(async (connection) => {
    for (const [id, name] of [
      [ann, "Ann"],
      [bob, "Bob"],
    ] as const)
      await connection.run(`INSERT INTO users (id, name, created, updated, version) VALUES (?, ?, ${stamps})`, [id ?? "", name]);
    for (const id of [amsterdam, bergen])
      await connection.run(`INSERT INTO schools (id, name, created, updated, version) VALUES (?, 'School', ${stamps})`, [
        id ?? "",
      ]);
  });
  const issue = async (id = "", roles: readonly string[] = []): Promise<string> =>
    (await tokens.issue({ actor: { id, roles, claims: {} }, lifetime: 3_600_000 })).token;
  const proof = { ann: await issue(ann, ["editor"]), bob: await issue(bob) };
  return (method, path, body, who = "bob") =>
    fetch(
      new Request(`http://localhost${path}`, {
        method,
        headers: { "content-type": "application/json", ...(who === null ? {} : { authorization: `Bearer ${proof[who]}` }) },
        ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
      }),
    );
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 15_000; !condition(); ) {
    assert.ok(performance.now() < deadline, "It never came about.");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("receivers are told what happened, verified by the library of the scheme", async (t) => {
  const receiver = await openReceiver(t);
  const platform = await start(t, receiver.host);
  const ask = await asker(platform);
  const input = { url: `http://${receiver.host}/hooks`, types: null };
  assert.equal((await ask("POST", "/endpoints", input, null)).status, 401);
  assert.equal((await ask("POST", "/endpoints", input, "bob")).status, 403);
  assert.equal((await ask("POST", "/endpoints", { ...input, url: "http://169.254.169.254/" }, "ann")).status, 400);
  assert.equal((await ask("POST", "/endpoints", [], "ann")).status, 400);
  const added = (await (await ask("POST", "/endpoints", input, "ann")).json()) as { endpoint: WebhookEndpoint; secret: string };
  receiver.use(added.secret);
  assert.deepEqual(await (await ask("GET", "/endpoints", undefined, "ann")).json(), [added.endpoint]);

  const write = async (school: string | undefined, stars: number): Promise<string> => {
    const response = await ask("POST", "/rest/v1/reviews?select=id", { school, stars, body: "As I saw it." });
    assert.equal(response.status, 201, await response.clone().text());
    const { id } = (
      (await (await ask("GET", "/rest/v1/reviews?select=id&order=created.desc,id.desc&limit=1", undefined)).json()) as [
        { id: string },
      ]
    )[0];
    return id;
  };
  const first = await write(amsterdam, 5);
  await until(() => receiver.told.length === 1);
  assert.deepEqual(receiver.told[0]?.data, { operation: "create", row: { id: first, school: amsterdam, stars: 5 } });
  assert.equal((await ask("PATCH", `/rest/v1/reviews?id=eq.${first}`, { body: "On second thought." })).status, 204);
  assert.equal((await ask("PATCH", `/rest/v1/reviews?id=eq.${first}`, { stars: 1 })).status, 204);
  await until(() => receiver.told.length === 2);
  assert.equal(receiver.told[1]?.type, "review.alarming");
  assert.equal((await ask("DELETE", `/rest/v1/reviews?id=eq.${first}`, undefined)).status, 204);
  await until(() => receiver.told.length === 3);
  assert.deepEqual(receiver.told[2]?.data, { operation: "delete", row: { id: first, school: amsterdam } });
});

test("a school's reviews come in their order, though the first one fails", async (t) => {
  const receiver = await openReceiver(t);
  const time = { ahead: 0 };
  const clock = { now: () => Date.now() + time.ahead, monotonic: () => performance.now() + time.ahead };
  const platform = await start(t, receiver.host, clock);
  const ask = await asker(platform);
  const types = ["review.created"];
  const added = await ask("POST", "/endpoints", { url: `http://${receiver.host}/hooks`, types }, "ann");
  receiver.use(((await added.json()) as { secret: string }).secret);
  receiver.fail = 1;
  for (const stars of [1, 2, 3, 4, 5]) await ask("POST", "/rest/v1/reviews", { school: amsterdam, stars, body: "x" });
  await until(() => receiver.fail === 0);
  await ask("POST", "/rest/v1/reviews", { school: bergen, stars: 5, body: "x" });
  await until(() => receiver.told.length === 1);
  assert.equal(receiver.told[0]?.data.row["school"], bergen, "another school does not wait");
  // Sent again after five seconds; a commit is a reason to look.
  time.ahead = 10_000;
  await ask("POST", "/rest/v1/reviews", { school: bergen, stars: 4, body: "x" });
  await until(() => receiver.told.length === 7);
  const stars = receiver.told.filter(({ data }) => data.row["school"] === amsterdam).map(({ data }) => data.row["stars"]);
  assert.deepEqual(stars, [1, 2, 3, 4, 5]);
});
