import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { openReceiver, openWebhookWorld, type Received, settled, until, webhook } from "./webhook-fixtures.ts";

const select = ["id", "school"] as const;
const written = {
  "review.created": webhook("reviews", { on: ["create"], select }),
  "review.lined": webhook("reviews", { on: ["create"], select, orderBy: "school" }),
};

for (const type of ["review.created", "review.lined"] as const) {
  test(`a message that was dropped on its way is not sent beside itself, nor passed by the next of its line: ${type}`, async (t) => {
    const receiver = await openReceiver(t);
    const world = await openWebhookWorld(t, { written, allow: [receiver.host] });
    const { endpoint } = await world.webhooks.add({ url: receiver.url, types: [type] });
    const held: ServerResponse[] = [];
    /** Of one school, what has come and is not answered. */
    let most = 0;
    receiver.answer = (response, { body }: Received) => {
      if ((body.data["row"] as { school: string }).school === "b") return void response.writeHead(204).end();
      held.push(response);
      most = Math.max(most, held.length);
    };
    const schools = (): string => receiver.received.map(({ body }) => (body.data["row"] as { school: string }).school).join("");
    const first = await world.review();
    await until(() => held.length === 1);
    await world.webhooks.disable(endpoint.id);
    await world.webhooks.enable(endpoint.id);
    assert.equal(await world.webhooks.replay({ failed: true }), 1);
    if (type === "review.lined") await world.review();
    // What is due later is sent; the others were looked at.
    await world.review({ school: "b" });
    await until(() => schools() === "ab");
    receiver.answer = (response) => void response.writeHead(204).end();
    held.pop()?.writeHead(204).end();
    const deliveries = await settled(world);
    assert.deepEqual([most, new Set(deliveries.map(({ state }) => state))], [1, new Set(["delivered"])]);
    assert.equal(schools(), type === "review.lined" ? "abaa" : "aba");
    const ids = receiver.received.map(({ body }) => (body.data["row"] as { id: string }).id);
    assert.deepEqual([ids[0], ids[2]], [first, first]);
  });
}
