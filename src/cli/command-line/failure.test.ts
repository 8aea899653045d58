import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { readFailure } from "./failure.ts";

/** What listening there fails with. */
async function refusedAt(host: string): Promise<unknown> {
  const [error] = (await once(createServer().listen({ host, port: 0 }).unref(), "listening").catch((thrown) => [thrown])) as [
    unknown,
  ];
  return error;
}

test("an address that this machine does not have is told in a sentence", { timeout: 60_000 }, async () => {
  // RFC 5737: of documentation, and of nobody.
  const elsewhere = readFailure(await refusedAt("203.0.113.1"));
  assert.equal(elsewhere.code, "notDone");
  assert.match(elsewhere.message, /^This machine has no address 203\.0\.113\.1\. --host, or CHASSIS_HOST, is one of its own/);
  // As node:dns throws it; a test asks no name server.
  const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND shop.example"), {
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    hostname: "shop.example",
  });
  assert.deepEqual(readFailure(unknown), {
    code: "notDone",
    message: "No address is known of the host 'shop.example'. Is it spelt right?",
    hint: null,
  });
});

test("what is thrown and no error is shown as it is", () => {
  for (const [thrown, message] of [
    [null, "null"],
    [undefined, "undefined"],
    ["boom", "'boom'"],
  ] as const)
    assert.deepEqual(readFailure(thrown), { code: "internal", message, hint: null });
});
