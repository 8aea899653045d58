import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { DevDoor } from "./dev-door.ts";

const trouble = "/home/ada/site/backend.ts:3:7: the key sk_live_1 is not good";

describe("chassis dev, while nothing is served", async () => {
  const door = new DevDoor();
  await door.open({ host: "127.0.0.1", port: 0 });
  const { port, host } = new URL(door.origin);

  /** What is sent on a connection of its own, and all that comes back. */
  function ask(...lines: readonly string[]): Promise<string> {
    return new Promise((resolve) => {
      let answer = "";
      const socket = connect(Number(port), "127.0.0.1", () => socket.write([...lines, "", ""].join("\r\n")));
      socket
        .on("data", (chunk: Buffer) => (answer += chunk.toString()))
        .on("error", () => {})
        .on("close", () => resolve(answer));
    });
  }

  test("59: what is wrong with the source is told to whoever sits at the machine, and to no page of a stranger", async (t) => {
    t.after(() => door.close());
    // One that came while a version was tried is told as those who come later.
    const early = ask("GET / HTTP/1.1", `Host: ${host}`);
    const strange = ask("GET / HTTP/1.1", "Host: rebound.evil.example");
    await new Promise((resolve) => setImmediate(resolve));
    door.explain(trouble);
    for (const answer of [
      await early,
      await ask("GET / HTTP/1.1", `Host: ${host}`),
      await ask("GET / HTTP/1.1", "Host: [::1]"),
    ]) {
      assert.match(answer, /^HTTP\/1\.1 503 /);
      assert.ok(answer.includes(trouble), answer);
    }
    const strangers = [
      // DNS rebinding: the page's own name points here, so its browser lets it read the answer.
      ["GET / HTTP/1.1", "Host: rebound.evil.example"],
      ["GET / HTTP/1.1", `Host: rebound.evil.example:${port}`],
      ["GET / HTTP/1.1", "Host: localhost.evil.example"],
      // A tunnel that makes this machine public.
      ["GET / HTTP/1.1", `Host: ${host}`, "X-Forwarded-For: 203.0.113.9"],
      ["GET / HTTP/1.1", `Host: ${host}`, "Origin: https://evil.example", "Sec-Fetch-Site: cross-site"],
      ["GET / HTTP/1.1", `Host: ${host}`, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"],
      ["GET / HTTP/1.0"],
      ["no HTTP at all"],
    ];
    for (const answer of [await strange, ...(await Promise.all(strangers.map((lines) => ask(...lines))))])
      assert.ok(!answer.includes("sk_live") && !answer.includes("/home/ada"), answer);
    assert.match(await strange, /^HTTP\/1\.1 503 [\s\S]*The terminal of chassis dev says what/);
  });
});
