import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "#base";
import { createExportAnswer, exportRoom } from "./export-answer.ts";

const me = { id: "019a0000-0000-7000-8000-000000000001", roles: [], claims: {} };
const exchange = { signal: new AbortController().signal };

test("whoever got half of their copy may ask for it again", async () => {
  let closed = 0;
  const unreadable = {
    async *chunks() {
      yield new Uint8Array([1]);
      throw new Error("EIO");
    },
    close: async () => void closed++,
  };
  const give = createExportAnswer({
    auth: { exportAccount: async () => unreadable as never },
    room: exportRoom("/nowhere"),
    clock: systemClock,
  });
  for (let times = 1; times <= 2; times++) {
    const { body } = await give(me, exchange);
    await assert.rejects(give(me, exchange), /too much in too short a time/);
    await assert.rejects(new Response(body as ReadableStream).bytes(), /EIO/);
    assert.equal(closed, times);
  }
});
