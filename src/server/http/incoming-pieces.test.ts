import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request as sendRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { IncomingPieces } from "./incoming-pieces.ts";

const limit = 1000;

describe("A body that has come whole before anybody reads it", () => {
  let server: Server;
  before(async () => {
    server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A request of as many bytes, none of which says how many there are, and all of which wait to be read. */
  async function arrived(bytes: number): Promise<IncomingMessage> {
    const { port } = server.address() as AddressInfo;
    const headers = { "transfer-encoding": "chunked" };
    const sent = sendRequest({ port, host: "127.0.0.1", method: "POST", headers, agent: false }).on("error", () => {});
    sent.end("x".repeat(bytes));
    const [request] = (await once(server, "request")) as [IncomingMessage];
    while (!request.complete) await setImmediate();
    return request;
  }

  test("is refused where it is longer than may be, read as one", async () => {
    const request = await arrived(limit + 1);
    await assert.rejects(new IncomingPieces(request, limit).whole(), { error: "bodyTooLarge" });
  });

  test("is refused so, read as it comes", async () => {
    const request = await arrived(limit + 1);
    const read = async (): Promise<void> => {
      for await (const piece of new IncomingPieces(request, limit).read()) assert.ok(piece.length <= limit);
    };
    await assert.rejects(read(), { error: "bodyTooLarge" });
  });

  test("is given where it is as long as may be", async () => {
    const request = await arrived(limit);
    assert.equal((await new IncomingPieces(request, limit).whole()).length, limit);
  });

  test("is read where whoever was before us had paused it", async () => {
    for (const read of [(pieces: IncomingPieces) => pieces.whole(), (pieces: IncomingPieces) => Array.fromAsync(pieces.read())]) {
      const request = await arrived(limit);
      request.pause();
      const done = read(new IncomingPieces(request, limit));
      await Promise.race([done, once(request, "end")]);
      assert.ok((await done).length > 0);
    }
  });
});
