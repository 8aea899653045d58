import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { type Person, startProjects } from "../support/live-projects.ts";

const live = await startProjects({ after });
const { ids } = live.data;
const row = (title: string): string => JSON.stringify({ project: ids["open"], title });

/** Sends the beginning of a body of eight mebibytes, and then nothing. */
function hang(token: string): Promise<Socket> {
  const { port } = new URL(live.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), "127.0.0.1", () => {
      const head = `POST /rest/v1/tasks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/x-ndjson\r\n`;
      socket.write(`${head}Content-Length: 8388608\r\n\r\n`);
      socket.write(`${row("a".repeat(150))}\n`.repeat(6000), () => resolve(socket));
    });
    socket.on("error", () => {});
    socket.resume();
  });
}

test("58: one who sends slowly on many connections keeps nobody else from sending, and leaves nothing behind", async () => {
  const before = await live.checksum();
  const sockets = await Promise.all(Array.from({ length: 12 }, () => hang(live.tokens.bob)));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const large = (as: Person): Promise<number> =>
    live
      .ask("/tasks", {
        method: "POST",
        as,
        headers: { "content-type": "application/x-ndjson", prefer: "tx=rollback" },
        body: `${row("a".repeat(150))}\n`.repeat(6000),
      })
      .then(({ status }) => status);
  assert.deepEqual([await large("bob"), await large("ann")], [503, 201]);
  const small = await live.ask("/tasks", {
    method: "POST",
    as: "bob",
    headers: { prefer: "tx=rollback" },
    body: [JSON.parse(row("x"))],
  });
  assert.equal(small.status, 201, small.text);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await large("bob"), 201);
  assert.equal(await live.checksum(), before);
});
