import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FetchRefusedError } from "./fetch-errors.ts";
import { isPublicAddress } from "./public-address.ts";
import { allowedHosts, readTarget } from "./target.ts";

const rules = { ports: [80, 443], allow: allowedHosts([]) };

/** What a refused address is refused for, or what it was read as. */
function verdict(address: string): string {
  try {
    return readTarget(address, rules).host;
  } catch (error) {
    assert.ok(error instanceof FetchRefusedError, String(error));
    return error.code;
  }
}

/** The oracle: the same networks as first and last numbers, written down anew from IANA's registries. */
const ranges: readonly (readonly [first: number, last: number])[] = [
  [0x00000000, 0x00ffffff],
  [0x0a000000, 0x0affffff],
  [0x64400000, 0x647fffff],
  [0x7f000000, 0x7fffffff],
  [0xa83f8110, 0xa83f8110],
  [0xa9fe0000, 0xa9feffff],
  [0xac100000, 0xac1fffff],
  [0xc0000000, 0xc00000ff],
  [0xc0000200, 0xc00002ff],
  [0xc01fc400, 0xc01fc4ff],
  [0xc034c100, 0xc034c1ff],
  [0xc0586300, 0xc05863ff],
  [0xc0a80000, 0xc0a8ffff],
  [0xc0af3000, 0xc0af30ff],
  [0xc6120000, 0xc613ffff],
  [0xc6336400, 0xc63364ff],
  [0xcb007100, 0xcb0071ff],
  [0xe0000000, 0xffffffff],
];
const isPublicNumber = (number: number): boolean => !ranges.some(([first, last]) => first <= number && number <= last);
const dotted = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");

/** Any address, and often one at the edge of a range or in it. */
const numbers = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc
    .tuple(fc.constantFrom(...ranges.flat()), fc.integer({ min: -1, max: 1 }))
    .map(([edge, by]) => Math.min(0xffffffff, Math.max(0, edge + by))),
  fc.constantFrom(...ranges).chain(([min, max]) => fc.integer({ min, max })),
);

const bases: readonly ((part: number) => string)[] = [
  (part) => String(part),
  (part) => `0x${part.toString(16)}`,
  (part) => `0X${part.toString(16).toUpperCase()}`,
  (part) => `0x0000${part.toString(16)}`,
  (part) => `0${part.toString(8)}`,
  (part) => `000${part.toString(8)}`,
];
/** One to four parts, of which the last takes the bits that are left (inet_aton). */
function shortened(number: number, parts: number): readonly number[] {
  const whole = Array.from({ length: parts - 1 }, (_, index) => (number >>> (24 - 8 * index)) & 255);
  return [...whole, parts === 1 ? number : number % 2 ** (8 * (5 - parts))];
}
const disguises: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `${text}.`,
  (text) => [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join(""),
  (text) => text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  (text) => text.replace(/[1-9]/g, (digit) => String.fromCodePoint(0x2460 + Number(digit) - 1)),
  (text) => text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
  (text) => text.replaceAll(".", "\u3002"),
  (text) => text.replaceAll(".", "\uff0e"),
  (text) => `\u00ad${text}\u200b`,
];

test("an IPv4 address is judged by its number, however it is spelled", () => {
  const spellings = fc.record({
    number: numbers,
    parts: fc.integer({ min: 1, max: 4 }),
    base: fc.array(fc.constantFrom(...bases), { minLength: 4, maxLength: 4 }),
    disguise: fc.constantFrom(...disguises),
    start: fc.constantFrom("http://", "https://", "HTTP:\\\\", "http:", " http://", "ht\ntp:///"),
  });
  fc.assert(
    fc.property(spellings, ({ number, parts, base, disguise, start }) => {
      const host = shortened(number, parts)
        .map((part, index) => base[index]?.(part) ?? String(part))
        .join(".");
      assert.equal(verdict(`${start}${disguise(host)}/`), isPublicNumber(number) ? dotted(number) : "address");
    }),
    { numRuns: 3000 },
  );
});

test("an IPv4 address inside an IPv6 address is never reached", () => {
  fc.assert(
    fc.property(numbers, (number) => {
      const high = (number >>> 16).toString(16);
      const low = (number & 0xffff).toString(16);
      const embedded = [
        `::ffff:${dotted(number)}`,
        `::FFFF:${high}:${low}`,
        `0:0:0:0:0:ffff:${high}:${low}`,
        `::${dotted(number)}`,
        `::ffff:0:${high}:${low}`,
        `64:ff9b::${dotted(number)}`,
        `64:ff9b:1::${high}:${low}`,
        `2002:${high}:${low}::1`,
        `2001::${high}:${low}`,
        `2001:0:${high}:${low}::1`,
        `fe80::5efe:${high}:${low}`,
      ];
      for (const address of embedded) {
        assert.equal(isPublicAddress(address), false, address);
        assert.equal(verdict(`http://[${address}]/`), "address", address);
      }
    }),
    { numRuns: 500 },
  );
});

test("of IPv6 only global unicast is reached, without what it sets apart", () => {
  /** The oracle again: an address as one number. */
  const within = (address: bigint, network: bigint, prefix: number): boolean =>
    address >> BigInt(128 - prefix) === network >> BigInt(128 - prefix);
  const apart: readonly (readonly [network: bigint, prefix: number])[] = [
    [0x2001n << 112n, 23],
    [0x20010db8n << 96n, 32],
    [0x2002n << 112n, 16],
    [0x2620004f8000n << 80n, 48],
    [0x3ffen << 112n, 16],
    [0x3fffn << 112n, 20],
  ];
  const near = fc.tuple(
    fc.constantFrom(...apart),
    fc.bigInt({ min: 0n, max: (1n << 112n) - 1n }),
    fc.bigInt({ min: -2n, max: 2n }),
  );
  const addresses = fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
    fc.bigInt({ min: 1n << 125n, max: (1n << 126n) - 1n }),
    near.map(([[network], low, by]) => network + low + (by << 104n)),
  );
  fc.assert(
    fc.property(addresses, (number) => {
      const hex = number.toString(16).padStart(32, "0");
      const address = hex.replace(/(.{4})(?!$)/g, "$1:");
      const expected = number >> 125n === 1n && !apart.some(([network, prefix]) => within(number, network, prefix));
      assert.equal(isPublicAddress(address), expected, address);
      assert.equal(verdict(`https://[${address}]/`) !== "address", expected, address);
    }),
    { numRuns: 2000 },
  );
});

test("well-known ones are judged as everybody expects", () => {
  const refused = [
    ..."0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 168.63.129.16 169.254.169.254 172.31.255.255 192.0.0.192".split(
      " ",
    ),
    ..."192.168.1.1 198.19.0.1 224.0.0.1 239.255.255.255 255.255.255.255 :: ::1 fc00::1 fd00:ec2::254 fd20:ce::254".split(" "),
    ..."fe80::1 fec0::1 ff02::1 2001:db8::1 100::1 5f00::1 fe80::1%eth0 2606:4700::1%0 127.1 0x7f000001 example".split(" "),
    ..."1.1.1.1. 01.1.1.1".split(" "),
    "",
    " 1.1.1.1",
    "1.1.1.1\0",
  ];
  for (const address of refused) assert.equal(isPublicAddress(address), false, address);
  for (const address of ["1.1.1.1", "9.9.9.9", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2001:4860:4860::8888"]) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

test("addresses that cannot be meant are refused before anything is looked up", () => {
  const cases: readonly (readonly [address: string, code: string])[] = [
    ["", "invalid_request"],
    ["/relative", "invalid_request"],
    ["//example.com", "invalid_request"],
    ["http://", "invalid_request"],
    ["http://[fe80::1%25eth0]/", "invalid_request"],
    ["http://[::1]]/", "invalid_request"],
    ["http://1.2.3.4.5/", "invalid_request"],
    ["http://256.256.256.256/", "invalid_request"],
    ["http://a..b/", "invalid_request"],
    ["http://127.0.0.1../", "invalid_request"],
    ["http://a(b).example/", "invalid_request"],
    [`http://${"a".repeat(64)}.example/`, "invalid_request"],
    ["http://exa%00mple.com/", "invalid_request"],
    ["ftp://example.com/", "scheme"],
    ["file:///etc/passwd", "scheme"],
    ["gopher://127.0.0.1:6379/_x", "scheme"],
    ["data:text/plain,x", "scheme"],
    ["javascript:alert(1)", "scheme"],
    ["unix:/var/run/docker.sock", "scheme"],
    ["blob:http://127.0.0.1/x", "scheme"],
    ["http://user@example.com/", "credentials"],
    ["http://:secret@example.com/", "credentials"],
    ["http://example.com:80@127.0.0.1/", "credentials"],
    ["http://example.com:22/", "port"],
    ["http://example.com:0/", "port"],
    ["http://example.com:6379/", "port"],
    ["http://127.0.0.1\\@example.com/", "address"],
    ["http://127.0.0.1#@example.com/", "address"],
    ["http://127.0.0.1?.example.com/", "address"],
  ];
  for (const [address, code] of cases) assert.equal(verdict(address), code, address);
  assert.equal(verdict("https://example.com:80/"), "example.com");
  assert.equal(verdict("https://B\u00fccher.example/x"), "xn--bcher-kva.example");
});

test("what is allowed is exactly a host and a port", () => {
  const allow = allowedHosts(["LOCALHOST:3000", "127.1:8080", "[0:0:0:0:0:0:0:1]:80", "b\u00fccher.example:99"]);
  const isAllowed = (address: string): boolean => {
    try {
      return readTarget(address, { ports: [80], allow }).allowed;
    } catch {
      return false;
    }
  };
  const allowed = [
    "http://localhost:3000/",
    "https://localhost:3000/",
    "http://127.0.0.1:8080/",
    "http://[::1]/",
    "http://[::1]:80/x",
  ];
  for (const address of [...allowed, "http://xn--bcher-kva.example:99/"]) assert.equal(isAllowed(address), true, address);
  const others = [
    "http://localhost/",
    "http://localhost.:3000/",
    "http://127.0.0.1/",
    "http://127.0.0.2:8080/",
    "https://[::1]/",
  ];
  for (const address of [...others, "http://x.localhost:3000/", "http://localhost:30000/"])
    assert.equal(isAllowed(address), false, address);
  for (const written of [
    "localhost",
    ":80",
    "http://localhost:80",
    "localhost:0",
    "localhost:65536",
    "*:80",
    "a@b:1",
    "a b:1",
    "::1:80",
  ]) {
    assert.throws(() => allowedHosts([written]), TypeError, written);
  }
});
