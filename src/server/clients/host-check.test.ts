import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "#contract";
import { createHostCheck } from "./host-check.ts";

function isRefused(
  host: string | undefined,
  options: { local?: string; baseUrl?: string; allowedHosts?: readonly string[] } = {},
): boolean {
  const { local = "127.0.0.1", baseUrl, allowedHosts = [] } = options;
  const check = createHostCheck({ baseUrl, allowedHosts });
  const socket = { localAddress: local };
  const refused = (): boolean => {
    try {
      check(host, socket);
      return false;
    } catch (error) {
      assert.ok(error instanceof AppError && error.error === "misdirected");
      return true;
    }
  };
  const first = refused();
  assert.equal(refused(), first, "the second request of a connection is judged like the first");
  return first;
}

describe("the host of a request", () => {
  test("is one of this machine's names where nothing is said", () => {
    for (const host of ["localhost", "localhost:4000", "LOCALHOST", "app.localhost:1", "127.0.0.1:4000", "[::1]", "localhost."])
      assert.equal(isRefused(host), false, host);
    for (const host of ["evil.example", "evil.example:4000", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1", ""])
      assert.equal(isRefused(host), true, host);
    for (const host of [
      undefined,
      "a b",
      "a/b",
      "user@localhost",
      "localhost:x",
      "[::1",
      "localhost,evil.example",
      "localhost\u0000",
    ])
      assert.equal(isRefused(host), true, String(host));
  });

  test("is the base URL's, an allowed name, or the address that the connection came to", () => {
    const options = {
      local: "192.0.2.5",
      baseUrl: "https://site.example",
      allowedHosts: ["other.example", "*.wild.example", "[2001:db8::1]"],
    };
    for (const host of [
      "site.example",
      "SITE.example:8443",
      "other.example",
      "a.wild.example",
      "b.a.wild.example",
      "192.0.2.5:4000",
      "[2001:DB8:0::1]",
    ])
      assert.equal(isRefused(host, options), false, host);
    for (const host of [
      "www.site.example",
      "wild.example",
      "evilwild.example",
      "192.0.2.6",
      "localhost",
      "127.0.0.1",
      "[2001:db8::2]",
    ])
      assert.equal(isRefused(host, options), true, host);
    assert.equal(isRefused("localhost", { ...options, local: "::1" }), false);
    assert.equal(isRefused("localhost", { ...options, local: "::ffff:127.0.0.1" }), false);
  });

  test("may be localhost from elsewhere (a container's port, say) while no name is known, and any with *", () => {
    assert.equal(isRefused("localhost:4000", { local: "172.17.0.2" }), false);
    assert.equal(isRefused("evil.example", { local: "172.17.0.2" }), true);
    assert.equal(isRefused("evil.example", { allowedHosts: ["*"] }), false);
  });
});
