import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { openTestBackend } from "chassis/testing";
import { marketBackend } from "../openapi/market-backend.ts";

describe("the document of the API", async () => {
  const market = await openTestBackend(marketBackend);
  after(() => market.close());
  const hidden = ["vault", "Vault", "auditNote", "buried", "warden"];

  test("17: names nothing that is hidden from who asks, compressed or not, and whatever else was asked before", async () => {
    const warden = market.as({ id: randomUUID(), roles: ["warden"] });
    const somebody = market.as({ id: randomUUID() });
    // The warden first: what was written for them must not be given on.
    assert.ok((await (await warden.fetch("/openapi.json")).text()).includes("auditNote"));
    for (const ask of [market, somebody]) {
      const text = await (await ask.fetch("/openapi.json")).text();
      for (const name of hidden) assert.ok(!text.includes(name), name);
      assert.ok(text.includes("/rest/v1/stalls"));
    }
    assert.doesNotMatch(await (await market.fetch("/docs")).text(), /vault|stalls/);
  });

  test("44: is kept by nobody but who asked, and an ETag of another kind of caller answers nothing", async () => {
    const warden = market.as({ id: randomUUID(), roles: ["warden"] });
    const theirs = await warden.fetch("/openapi.json");
    assert.equal(theirs.headers.get("cache-control"), "private, no-cache");
    for (const part of ["Authorization", "Cookie"]) assert.ok(theirs.headers.get("vary")?.includes(part), part);
    const asked = await market.fetch("/openapi.json", { headers: { "if-none-match": theirs.headers.get("etag") ?? "" } });
    assert.equal(asked.status, 200);
    assert.ok(!(await asked.text()).includes("auditNote"));
    assert.equal((await market.fetch("/docs")).headers.get("cache-control"), "no-store");
  });
});
