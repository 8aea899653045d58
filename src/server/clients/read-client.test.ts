import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { addressGroup, canonicalAddress } from "./ip-address.ts";
import { type Client, createClientReader, type ProxyOptions } from "./read-client.ts";

function read(
  headers: Readonly<Record<string, string>>,
  options: Partial<ProxyOptions> & { readonly peer?: string } = {},
): Client {
  const { peer = "10.0.0.1", trusted = ["10.0.0.0/8", "fd00::/8", "loopback"], header = "x-forwarded-for" } = options;
  return createClientReader({ trusted, header })({ remoteAddress: peer }, (name) => headers[name]);
}

const addressOf = (header: string, options?: Parameters<typeof read>[1]): string | undefined =>
  read({ "x-forwarded-for": header }, options).address;

describe("an address", () => {
  test("has one spelling", () => {
    for (const [text, canonical] of [
      ["192.0.2.1", "192.0.2.1"],
      ["::ffff:192.0.2.1", "192.0.2.1"],
      ["::FFFF:C000:0201", "192.0.2.1"],
      ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
      ["fe80::1%eth0", "fe80::1"],
      ["127.1", undefined],
      ["0x7f.0.0.1", undefined],
      ["010.0.0.1", undefined],
      ["", undefined],
      ["unknown", undefined],
    ] as const)
      assert.equal(canonicalAddress(text), canonical, text);
  });

  test("of IPv6 is counted by its network of 64 bits, one of IPv4 by itself", () => {
    for (const [address, group] of [
      ["192.0.2.1", "192.0.2.1"],
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
      ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
      ["2001:db8::1", "2001:db8:0:0::/64"],
      ["2001:db8:1:2:3:4:5::", "2001:db8:1:2::/64"],
      ["::1", "0:0:0:0::/64"],
      ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
    ] as const)
      assert.equal(addressGroup(address), group, address);
  });

  test("of any form falls into the group of its first 64 bits", () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (text, low) => {
        const address = canonicalAddress(text);
        if (address === undefined || !address.includes(":")) return;
        const group = addressGroup(address);
        assert.match(group, /^(?:[0-9a-f]{1,4}:){4}:\/64$/);
        const hex = low
          .toString(16)
          .padStart(16, "0")
          .replaceAll(/(.{4})(?!$)/g, "$1:");
        const neighbour = canonicalAddress(`${group.slice(0, -5)}:${hex}`) ?? "";
        if (neighbour.includes(":")) assert.equal(addressGroup(neighbour), group);
      }),
    );
  });
});

describe("32, 40: who sent a request", () => {
  test("is the other end of the connection where no proxy is named, whatever headers say", () => {
    const forged = {
      "x-forwarded-for": "203.0.113.9",
      forwarded: "for=203.0.113.9;host=evil.example;proto=https",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      "x-real-ip": "203.0.113.9",
      host: "localhost",
    };
    for (const options of [{ trusted: [] }, { peer: "192.0.2.7" }]) {
      const client = read(forged, options);
      assert.equal(client.address, options.peer ?? "10.0.0.1");
      assert.equal(client.host, "localhost");
      assert.equal(client.protocol, "http");
    }
  });

  test("is what a trusted proxy wrote, and not what the caller wrote before it", () => {
    assert.equal(addressOf("203.0.113.9"), "203.0.113.9");
    assert.equal(addressOf("198.51.100.1, 203.0.113.9"), "203.0.113.9");
    assert.equal(addressOf("198.51.100.1,10.0.0.2,203.0.113.9 , 10.1.1.1,fd00::1"), "203.0.113.9");
    assert.equal(addressOf("10.0.0.2, 10.0.0.3"), "10.0.0.2");
    assert.equal(addressOf("203.0.113.9:4711"), "203.0.113.9");
    assert.equal(addressOf("[2001:DB8::0:1]:4711"), "2001:db8::1");
    assert.equal(addressOf("2001:db8::1"), "2001:db8::1");
  });

  test("is the last machine that is known where its word cannot be read", () => {
    for (const header of [
      "",
      " ",
      "unknown",
      "_hidden",
      "203.0.113.9 evil",
      "203.0.113.9, ",
      "203.0.113.9, unknown",
      "1.2.3",
      "<b>",
    ])
      assert.equal(addressOf(header), "10.0.0.1", header);
    assert.equal(addressOf("203.0.113.9, unknown, 10.0.0.9"), "10.0.0.9");
    assert.equal(read({}).address, "10.0.0.1");
  });

  test("is found in a list that somebody made very long", () => {
    assert.equal(addressOf(`${"198.51.100.1,".repeat(1000)}203.0.113.9,${"10.0.0.2,".repeat(20)}10.0.0.3`), "203.0.113.9");
  });

  test("is not read from the header that the proxies do not write", () => {
    const both = { "x-forwarded-for": "203.0.113.9", forwarded: "for=198.51.100.1" };
    assert.equal(read(both).address, "203.0.113.9");
    assert.equal(read(both, { header: "forwarded" }).address, "198.51.100.1");
    assert.equal(read({ "x-forwarded-for": "203.0.113.9" }, { header: "forwarded" }).address, "10.0.0.1");
  });

  test("is read from Forwarded by its grammar (RFC 7239)", () => {
    const of = (forwarded: string): string | undefined => read({ forwarded }, { header: "forwarded" }).address;
    assert.equal(of('for=198.51.100.1, For="[2001:db8:cafe::17]:4711";proto=http;by=203.0.113.43'), "2001:db8:cafe::17");
    assert.equal(of("proto=https ; for=203.0.113.9"), "203.0.113.9");
    assert.equal(of('for="unknown"'), "10.0.0.1");
    // What a caller sent, and what the proxy put behind it.
    for (const opened of ['for="198.51.100.1', 'for="a, for=b', 'for=x;by="', "for=", ",,;;=", 'for="\\'])
      assert.equal(of(`${opened}, for=203.0.113.9`), "203.0.113.9", opened);
    // The first one counts, within an element too.
    assert.equal(of("for=203.0.113.9;for=198.51.100.1"), "203.0.113.9");
  });

  test("whatever stands before it changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.constantFrom("x-forwarded-for", "forwarded"), (forged, header) => {
        const proxys = header === "forwarded" ? "for=203.0.113.9" : "203.0.113.9";
        assert.equal(read({ [header]: `${forged}, ${proxys}` }, { header }).address, "203.0.113.9");
      }),
    );
  });

  test("protocol and host are the nearest proxy's word", () => {
    const { protocol, host } = read({
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-proto": "http, https",
      "x-forwarded-host": "evil.example, site.example",
      host: "inside",
    });
    assert.deepEqual([protocol, host], ["https", "site.example"]);
    const forwarded = read(
      { forwarded: "for=1.2.3.4;host=evil.example, for=203.0.113.9;proto=https;host=site.example" },
      { header: "forwarded" },
    );
    assert.deepEqual([forwarded.protocol, forwarded.host], ["https", "site.example"]);
    assert.equal(read({ "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "javascript", host: "h" }).protocol, "http");
  });

  test("is nobody where no connection can be seen", () => {
    const client = createClientReader({ trusted: ["loopback"], header: "x-forwarded-for" })(
      { remoteAddress: undefined },
      () => "1.2.3.4",
    );
    assert.deepEqual([client.address, client.group], [undefined, undefined]);
  });

  test("says once that somebody speaks for others who is not named", () => {
    const told: string[] = [];
    const readClient = createClientReader({
      trusted: ["loopback"],
      header: "forwarded",
      onStranger: (address) => told.push(address),
    });
    const headers = { forwarded: "for=1.2.3.4" };
    readClient({ remoteAddress: "192.0.2.7" }, () => undefined);
    readClient({ remoteAddress: "127.0.0.1" }, (name) => headers[name as "forwarded"]);
    assert.deepEqual(told, []);
    for (const remoteAddress of ["192.0.2.7", "192.0.2.8"]) readClient({ remoteAddress }, (name) => headers[name as "forwarded"]);
    assert.deepEqual(told, ["192.0.2.7"]);
  });
});
