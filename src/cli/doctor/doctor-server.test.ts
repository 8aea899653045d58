import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { examineServer } from "./doctor-server.ts";

test("a server that is ready, one that is not, and one that is gone", async (t) => {
  let status = 200;
  const server = createServer((_, response) => void response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const examine = async (): Promise<unknown> => (await examineServer({ pid: 17, url })).map(({ level }) => level);
  assert.deepEqual(await examine(), ["ok"]);
  status = 503;
  assert.deepEqual(await examine(), ["problem"]);
  server.closeAllConnections();
  server.close();
  assert.deepEqual(await examine(), ["problem"]);
  assert.deepEqual(await examineServer(undefined), []);
});
