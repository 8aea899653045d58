import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "#contract";
import { verifyGitHubWebhook } from "./github-webhooks.ts";
import { createWebhookSecret, signWebhook, verifyWebhook } from "./standard-webhooks.ts";
import { verifyStripeWebhook } from "./stripe-webhooks.ts";

const isRefusal = (error: unknown): boolean => error instanceof AppError && error.error === "invalidSignature";
const refused = (work: () => unknown, about: string): void => assert.throws(work, isRefusal, about);

/** The vector of the reference libraries of Standard Webhooks. */
const vector = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: new Date(1_614_265_330_000),
  payload: '{"test": 2432232314}',
} as const;
const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const { secret, payload, timestamp: now } = vector;
const signed = { "webhook-id": vector.id, "webhook-timestamp": "1614265330", "webhook-signature": signature };

test("Standard Webhooks: the reference's vector is signed and verified", () => {
  assert.deepEqual(signWebhook(vector), signed);
  const expected = { id: vector.id, timestamp: now };
  assert.deepEqual(verifyWebhook(new Headers(signed), payload, { secret, now }), expected);
  assert.deepEqual(verifyWebhook(new Headers(signed), new TextEncoder().encode(payload), { secret, now }), expected);
  const bare = secret.replace("whsec_", "");
  assert.deepEqual(verifyWebhook(new Headers(signed), payload, { secret: [createWebhookSecret(), bare], now }), expected);
});

test("Standard Webhooks: Svix's names of the headers are read too, never mixed with the others", () => {
  const svix = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.replace("webhook", "svix"), value]));
  assert.deepEqual(verifyWebhook(new Headers(svix), payload, { secret, now }), { id: vector.id, timestamp: now });
  for (const name of Object.keys(svix)) {
    const { [name]: value = "", ...others } = svix;
    const mixed = { ...others, [name.replace("svix", "webhook")]: value };
    refused(() => verifyWebhook(new Headers(mixed), payload, { secret, now }), name);
    refused(() => verifyWebhook(new Headers(others), payload, { secret, now }), `without ${name}`);
  }
  refused(() => verifyWebhook(new Headers({ ...svix, "webhook-id": "msg_other" }), payload, { secret, now }), "both");
});

test("Standard Webhooks: one right signature among others is enough", () => {
  const other = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
  const several = `${other} v1a,x v2,y  ${signature} ${other}`;
  verifyWebhook(new Headers({ ...signed, "webhook-signature": several }), payload, { secret, now });
  const both = signWebhook({ ...vector, secret: [createWebhookSecret(), secret] });
  assert.equal(both["webhook-signature"].split(" ")[1], signature);
  verifyWebhook(new Headers({ ...both }), payload, { secret, now });
});

test("Standard Webhooks: what is not the sender's is refused", () => {
  const bad: readonly Readonly<Record<string, string>>[] = [
    { "webhook-id": "msg_other" },
    { "webhook-id": `${vector.id}.1` },
    { "webhook-id": "" },
    { "webhook-timestamp": "1614265331" },
    { "webhook-timestamp": "" },
    { "webhook-timestamp": "hello" },
    { "webhook-timestamp": "1614265330.5" },
    { "webhook-timestamp": "-1614265330" },
    { "webhook-timestamp": "1e9" },
    { "webhook-timestamp": "9".repeat(30) },
    { "webhook-signature": "" },
    { "webhook-signature": "v1," },
    { "webhook-signature": "v1" },
    { "webhook-signature": signature.slice(0, 10) },
    { "webhook-signature": signature.replace("v1,", "v2,") },
    { "webhook-signature": signature.replace("v1,", "") },
    { "webhook-signature": signature.replace("g0hM", "g0hN") },
  ];
  for (const change of bad) {
    refused(() => verifyWebhook(new Headers({ ...signed, ...change }), payload, { secret, now }), JSON.stringify(change));
  }
  for (const name of Object.keys(signed)) {
    const headers = new Headers(signed);
    headers.delete(name);
    refused(() => verifyWebhook(headers, payload, { secret, now }), name);
  }
  refused(() => verifyWebhook(new Headers(signed), `${payload} `, { secret, now }), "another body");
  refused(() => verifyWebhook(new Headers(signed), payload, { secret: createWebhookSecret(), now }), "another secret");
});

test("a message is good for five minutes either way, or as long as is said", () => {
  const at = (milliseconds: number): Date => new Date(now.getTime() + milliseconds);
  for (const offset of [-300_000, 0, 300_000]) verifyWebhook(new Headers(signed), payload, { secret, now: at(offset) });
  for (const offset of [-300_001, 300_001, 1e12]) {
    refused(() => verifyWebhook(new Headers(signed), payload, { secret, now: at(offset) }), String(offset));
  }
  verifyWebhook(new Headers(signed), payload, { secret, now: at(900_000), tolerance: 1_000_000 });
  refused(() => verifyWebhook(new Headers(signed), payload, { secret }), "today");
  refused(() => verifyWebhook(new Headers(signed), payload, { secret, now, tolerance: Number.NaN }), "no number");
});

test("a secret that is missing or is none is a mistake of the program, never a secret", () => {
  for (const wrong of ["", "  ", [], [secret, ""], undefined, null]) {
    const options = { secret: wrong as string, now };
    assert.throws(() => verifyWebhook(new Headers(signed), payload, options), TypeError, String(wrong));
    assert.throws(() => signWebhook({ ...vector, ...options }), TypeError);
    assert.throws(() => verifyGitHubWebhook(new Headers(), payload, options), TypeError);
    assert.throws(() => verifyStripeWebhook(new Headers(), payload, options), TypeError);
  }
  assert.throws(() => verifyWebhook(new Headers(signed), payload, { secret: "whsec_", now }), TypeError);
  assert.throws(() => verifyWebhook(new Headers(signed), payload, { secret: "not base64!", now }), TypeError);
  assert.throws(() => signWebhook({ ...vector, secret: "whsec_c2hvcnQ=" }), /24 to 64 bytes/);
  for (const id of ["", "a.b", "a b", "a\r\nb", "\u00e9", "x".repeat(257)])
    assert.throws(() => signWebhook({ ...vector, id }), TypeError, id);
  assert.throws(() => signWebhook({ ...vector, timestamp: new Date(Number.NaN) }), TypeError);
});

test("whatever is signed is verified, and no bit of it can be changed", () => {
  const ids = fc.stringMatching(/^[\w-]{1,40}$/);
  fc.assert(
    fc.property(ids, fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (id, bytes, bit) => {
      const key = createWebhookSecret();
      const headers = new Headers({ ...signWebhook({ id, payload: bytes, secret: key }) });
      assert.equal(verifyWebhook(headers, bytes, { secret: key }).id, id);
      const changed = bytes.slice();
      const place = bit % (bytes.length * 8);
      changed[place >> 3] = (changed[place >> 3] ?? 0) ^ (1 << (place & 7));
      refused(() => verifyWebhook(headers, changed, { secret: key }), "a bit");
    }),
    { numRuns: 200 },
  );
});

test("GitHub: the vector of its documentation is verified, and nothing else", () => {
  const hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  const good = {
    "x-hub-signature-256": `sha256=${hex}`,
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "x-github-event": "push",
  };
  const options = { secret: "It's a Secret to Everybody" };
  const expected = { id: good["x-github-delivery"], event: "push" };
  assert.deepEqual(verifyGitHubWebhook(new Headers(good), "Hello, World!", options), expected);
  assert.deepEqual(verifyGitHubWebhook(new Headers(good), "Hello, World!", { secret: ["new", options.secret] }), expected);
  refused(() => verifyGitHubWebhook(new Headers(good), "Hello, World?", options), "another body");
  refused(() => verifyGitHubWebhook(new Headers(good), "Hello, World!", { secret: "other" }), "another secret");
  const bad = ["", hex, `sha1=${hex}`, `sha256=${hex.slice(2)}`, `sha256=${hex}00`, "sha256=", `sha256=${"0".repeat(64)}`];
  for (const value of bad) {
    refused(() => verifyGitHubWebhook(new Headers({ ...good, "x-hub-signature-256": value }), "Hello, World!", options), value);
  }
  refused(() => verifyGitHubWebhook(new Headers({ ...good, "x-github-delivery": "" }), "Hello, World!", options), "no id");
});

test("Stripe: signatures that OpenSSL made are verified, and nothing else", () => {
  // printf '1492774577.{"id":"evt_1","object":"event"}' | openssl dgst -sha256 -hmac whsec_test_secret
  const hex = "654b43d3508ecadb3f8cefc4bc7d3d2bdc5ba9e03bf2c89b2d0657a8e24e4543";
  const body = '{"id":"evt_1","object":"event"}';
  const options = { secret: "whsec_test_secret", now: new Date(1_492_774_577_000) };
  const verify = (header: string, over: object = {}): unknown =>
    verifyStripeWebhook(new Headers({ "stripe-signature": header }), body, { ...options, ...over });
  const expected = { id: "evt_1", timestamp: options.now };
  const zeros = "0".repeat(64);
  for (const header of [`t=1492774577,v1=${hex}`, `t=1492774577,v1=${zeros},v1=${hex},v0=${zeros}`, `v1=${hex}, t=1492774577`]) {
    assert.deepEqual(verify(header), expected, header);
  }
  const bad = [
    "",
    `v1=${hex}`,
    "t=1492774577",
    `t=1492774577,v0=${hex}`,
    `t=1492774577,v1=${zeros}`,
    `t=1492774577,v1=${hex.slice(2)}`,
    `t=1492774578,v1=${hex}`,
    `t=1492774577,t=1492774577,v1=${hex}`,
    `t=x,v1=${hex}`,
  ];
  for (const header of bad) refused(() => verify(header), header);
  refused(() => verify(`t=1492774577,v1=${hex}`, { now: new Date(1_492_774_878_000) }), "old");
  refused(() => verify(`t=1492774577,v1=${hex}`, { secret: "whsec_other" }), "another secret");
});
