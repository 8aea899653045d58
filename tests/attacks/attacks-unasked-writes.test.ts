import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { defineBackend, defineSchema, everyone, mutation, openBackend, text } from "chassis";
import { silentLogger } from "#base";
import { temporaryFolder } from "../support/temporary-folder.ts";

const backend = defineBackend(defineSchema({ notes: { body: text().max(200) } }), {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  functions: { add: mutation({ access: everyone }, ({ db }) => db.notes.create({ body: "made by code" })) },
});

/** As a developer has it: nobody signs in, and what is open to everyone is open to whoever reaches this machine. */
async function open(settings: Record<string, string>) {
  const opened = await openBackend(backend, {
    dataDirectory: await temporaryFolder({ after }),
    environment: { CHASSIS_DURABILITY: "lose-minutes" },
    settings,
    logger: silentLogger,
  });
  after(() => opened.close());
  const send = async (
    path: string,
    type: string | undefined,
    headers: Record<string, string>,
    body = "body=x",
  ): Promise<number> => {
    const all = { ...headers, ...(type === undefined ? {} : { "content-type": type }) };
    // Bytes, for which no type is made up.
    const request = new Request(`http://localhost:4000${path}`, { method: "POST", headers: all, body: Buffer.from(body) });
    return (await opened.fetch(request, { address: "127.0.0.1" })).status;
  };
  return { send, notes: () => opened.app.asSystem().notes.count() };
}

const form = "application/x-www-form-urlencoded";
/** All that a page can have a browser send without a question. */
const unasked = [
  ["/rest/v1/notes", form, "body=x"],
  ["/rest/v1/notes", `${form};charset=UTF-8`, "body=x"],
  ["/rest/v1/notes", " Application/X-WWW-Form-Urlencoded", "body=x"],
  ["/rest/v1/notes", undefined, '{"body":"x"}'],
  ["/rest/v1/notes", "text/plain", '{"body":"x"}'],
  ["/rest/v1/notes", "multipart/form-data; boundary=x", '{"body":"x"}'],
  ["/rest/v1/notes?on_conflict=id&columns=body", undefined, '{"body":"x"}'],
  ["/rest/v1/rpc/add", undefined, "{}"],
  ["/rest/v1/rpc/add", form, ""],
  ["/rest/v1", undefined, '[{"method":"POST","path":"/rest/v1/notes","body":{"body":"x"}}]'],
] as const;

describe("a page of another site, where nobody signs in", async () => {
  const closed = await open({});
  const allowing = await open({ CHASSIS_CORS_ORIGINS: "https://app.example" });

  test("70: writes nothing by a form, or whatever else a browser sends without asking", async () => {
    for (const [path, type, body] of unasked)
      for (const headers of [
        { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
        { origin: "null", "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "cross-site" },
        { origin: "http://localhost:3000", "sec-fetch-site": "same-site" },
        { origin: "https://evil.example" },
        { origin: "http://localhost:4000.evil.example" },
        { origin: "null" },
      ] as Record<string, string>[])
        for (const { send } of [closed, allowing])
          assert.equal(await send(path, type, headers, body), 403, `${path} ${type} ${JSON.stringify(headers)}`);
    assert.equal(await closed.notes(), 0);
  });

  test("70: a page of ours, one that CORS allows, and a program write as ever", async () => {
    for (const headers of [
      { origin: "http://localhost:4000", "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none" },
      { origin: "http://localhost:4000" },
      {},
    ] as Record<string, string>[])
      assert.equal(await closed.send("/rest/v1/notes", form, headers), 201, JSON.stringify(headers));
    const app = { origin: "https://app.example", "sec-fetch-site": "cross-site" };
    assert.equal(await allowing.send("/rest/v1/notes", form, app), 201);
    // A browser asks first, and is told by CORS.
    const evil = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    assert.equal(await closed.send("/rest/v1/notes", "application/json", evil, '{"body":"x"}'), 201);
  });
});
