import assert from "node:assert/strict";
import { test } from "node:test";
import type { fetchSafely, MailEvent } from "#application";
import { AppError } from "#contract";
import { mailProviders, type MailProviderName } from "./providers.ts";
import { snsCertificate, snsMessages } from "./sns-fixtures.ts";

// Every signature here was made with OpenSSL 3.0 (`openssl dgst -sha256 -hmac`, `-sign`), or is in what the provider publishes.

/** 2026-12-01T12:00:00Z */
const moment = 1_796_126_400_000;

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

interface World {
  readonly at?: number;
  readonly fetch?: typeof fetchSafely;
}

const noNetwork: typeof fetchSafely = async () => {
  throw new Error("Nothing is to be fetched.");
};

async function receive(
  name: MailProviderName,
  secret: string | readonly string[],
  { headers = {}, body }: Sent,
  { at = moment, fetch = noNetwork }: World = {},
): Promise<readonly MailEvent[]> {
  const secrets = typeof secret === "string" ? [secret] : secret;
  const take = mailProviders[name].open(secrets, { now: () => at, fetch });
  return take({ header: (wanted) => headers[wanted], body: new TextEncoder().encode(body) });
}

async function isRefused(work: Promise<unknown>, about: string): Promise<void> {
  await assert.rejects(work, (error) => error instanceof AppError && error.error === "invalidSignature", about);
}

const bounce = (address: string, detail?: string) => ({ address, reason: "bounce", detail }) as const;
const complaint = (address: string, detail?: string) => ({ address, reason: "complaint", detail }) as const;

const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const resendBody =
  '{"type":"email.bounced","created_at":"2026-12-01T11:59:59.000Z","data":{"email_id":"e","to":["ada@example.org"],"bounce":{"type":"Permanent","subType":"General","message":"550 5.1.1 no such user"}}}';
const resendHeaders = {
  "svix-id": "msg_1",
  "svix-timestamp": "1796126400",
  "svix-signature": "v1,MXs0QKiJrkd63myB2AmL9E72nk6e1maNe8D/iG7TASg=",
};

const mailgunKey = "key-0123456789abcdef";
const mailgunSignature = {
  timestamp: "1796126400",
  token: "e0b5477167110d68991efc6b9f89f0a11066af27834600e123",
  signature: "a816a874473e49a79bcb078c7ea99455898e72cf9755a71a39ac06c493b8aded",
};
const mailgunBody = (data: object, signature: object = mailgunSignature): string =>
  JSON.stringify({ signature, "event-data": data });
const mailgunBounce = {
  event: "failed",
  severity: "permanent",
  recipient: "ada@example.org",
  "delivery-status": { message: "550 5.1.1" },
};

const sendgridKey =
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWCpBBHGnaRNdQvyPsdu5lhI1sFTfdrFWJiaiuUp277qLqAh/s2tiaxTZ+DjHDcAxi0JEEPxD2sZZJcTryeGe0A==";
const sendgridBody =
  '[{"sg_event_id":"e1","event":"bounce","type":"bounce","email":"ada@example.org","reason":"550 5.1.1"},{"sg_event_id":"e2","event":"bounce","type":"blocked","email":"bob@example.org"},{"sg_event_id":"e3","event":"spamreport","email":"eve@example.org"},{"sg_event_id":"e4","event":"dropped","reason":"Bounced Address","email":"dan@example.org"},{"sg_event_id":"e5","event":"delivered","email":"fay@example.org"},{"event":"spamreport","email":"no-id@example.org"}]';
const sendgridHeaders = {
  "x-twilio-email-event-webhook-timestamp": "1796126400",
  "x-twilio-email-event-webhook-signature":
    "MEYCIQCWw+TorSUbROp9TKdlz9bYAWmkJ8h93GdospkQp0b9ggIhAOqd7Sl0a3J3Fn+UVm9MvBpARRbzT2piKow/V4dgA1v6",
};

const postmarkSecret = "chassis:correct-horse-battery";
// printf 'chassis:correct-horse-battery' | base64
const postmarkHeaders = { authorization: "Basic Y2hhc3Npczpjb3JyZWN0LWhvcnNlLWJhdHRlcnk=" };
const postmarkBounce = {
  RecordType: "Bounce",
  ID: 42,
  Type: "HardBounce",
  Email: "ada@example.org",
  Description: "Unknown user.",
};

const topic = "arn:aws:sns:eu-west-1:123456789012:mail-events";

test("Resend: a hard bounce that Svix signed is taken, and nothing that was changed", async () => {
  const sent = { headers: resendHeaders, body: resendBody };
  const expected = [{ id: "msg_1", suppress: [bounce("ada@example.org", "550 5.1.1 no such user")] }];
  assert.deepEqual(await receive("resend", whsec, sent), expected);
  assert.deepEqual(await receive("resend", ["whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyEh", whsec], sent), expected);
  const renamed = Object.fromEntries(
    Object.entries(resendHeaders).map(([name, value]) => [name.replace("svix", "webhook"), value]),
  );
  assert.deepEqual(await receive("resend", whsec, { ...sent, headers: renamed }), expected);
  await isRefused(receive("resend", whsec, { ...sent, body: resendBody.replace("ada@", "eve@") }), "body");
  await isRefused(receive("resend", whsec, { ...sent, headers: { ...resendHeaders, "svix-id": "msg_2" } }), "id");
  await isRefused(receive("resend", whsec, { body: resendBody }), "no headers");
  await isRefused(receive("resend", "whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyEh", sent), "secret");
  for (const at of [moment - 301_000, moment + 301_000]) await isRefused(receive("resend", whsec, sent, { at }), "time");
});

test("Mailgun: time and token are what is signed, and the token is good for one message", async () => {
  const sent = { body: mailgunBody(mailgunBounce) };
  const id = mailgunSignature.token;
  assert.deepEqual(await receive("mailgun", mailgunKey, sent), [{ id, suppress: [bounce("ada@example.org", "550 5.1.1")] }]);
  const complained = { body: mailgunBody({ event: "complained", recipient: "eve@example.org" }) };
  assert.deepEqual(await receive("mailgun", mailgunKey, complained), [{ id, suppress: [complaint("eve@example.org")] }]);
  // Kept although nothing follows from it: whoever saw it must not say something else with its token.
  const soft = { body: mailgunBody({ ...mailgunBounce, severity: "temporary" }) };
  assert.deepEqual(await receive("mailgun", mailgunKey, soft), [{ id, suppress: [] }]);
  const parent = { ...mailgunSignature, signature: "0".repeat(64), "parent-signature": mailgunSignature.signature };
  assert.equal((await receive("mailgun", mailgunKey, { body: mailgunBody(mailgunBounce, parent) })).length, 1);
  const numeric = { ...mailgunSignature, timestamp: 1_796_126_400 };
  assert.equal((await receive("mailgun", mailgunKey, { body: mailgunBody(mailgunBounce, numeric) })).length, 1);

  const changes: readonly object[] = [
    { token: `${mailgunSignature.token.slice(0, -1)}4` },
    { token: "" },
    { token: 7 },
    { token: undefined },
    { timestamp: "1796126401" },
    { timestamp: "179612640", token: `0${mailgunSignature.token}` },
    { timestamp: undefined },
    { timestamp: ["1796126400"] },
    { signature: "" },
    { signature: mailgunSignature.signature.slice(2) },
    { signature: `${mailgunSignature.signature}00` },
    { signature: [mailgunSignature.signature] },
    { signature: undefined },
  ];
  for (const change of changes) {
    const body = mailgunBody(mailgunBounce, { ...mailgunSignature, ...change });
    await isRefused(receive("mailgun", mailgunKey, { body }), JSON.stringify(change));
  }
  for (const body of ["{}", "[]", "null", '"x"', '{"signature":[]}'])
    await isRefused(receive("mailgun", mailgunKey, { body }), body);
  await isRefused(receive("mailgun", "key-another-that-is-long", sent), "key");
  for (const at of [moment - 301_000, moment + 301_000]) await isRefused(receive("mailgun", mailgunKey, sent, { at }), "time");
});

test("SendGrid: a batch that its key signed is taken, hard bounces and complaints alone", async () => {
  const sent = { headers: sendgridHeaders, body: sendgridBody };
  assert.deepEqual(await receive("sendgrid", sendgridKey, sent), [
    { id: "e1", suppress: [bounce("ada@example.org", "550 5.1.1")] },
    { id: "e3", suppress: [complaint("eve@example.org")] },
    { id: "e4", suppress: [bounce("dan@example.org", "Bounced Address")] },
  ]);
  // The vector of SendGrid's own library for Node.js.
  const published = {
    key: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==",
    headers: {
      "x-twilio-email-event-webhook-timestamp": "1588788367",
      "x-twilio-email-event-webhook-signature":
        "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=",
    },
    body: '{"category":"example_payload","event":"test_event","message_id":"message_id"}',
  };
  const then = { at: 1_588_788_367_000 };
  assert.deepEqual(await receive("sendgrid", published.key, published, then), []);
  await isRefused(receive("sendgrid", sendgridKey, published, then), "another key");

  await isRefused(receive("sendgrid", sendgridKey, { ...sent, body: sendgridBody.replace("ada@", "eve@") }), "body");
  await isRefused(receive("sendgrid", sendgridKey, { body: sendgridBody }), "no headers");
  for (const [name, value] of Object.entries({
    "x-twilio-email-event-webhook-timestamp": "1796126401",
    "x-twilio-email-event-webhook-signature": "MEYCIQCW",
  })) {
    await isRefused(receive("sendgrid", sendgridKey, { ...sent, headers: { ...sendgridHeaders, [name]: value } }), name);
  }
  for (const at of [moment - 301_000, moment + 301_000]) await isRefused(receive("sendgrid", sendgridKey, sent, { at }), "time");
});

test("Postmark: the name and the password of the address prove it", async () => {
  const events = async (data: object): Promise<readonly MailEvent[]> =>
    receive("postmark", postmarkSecret, { headers: postmarkHeaders, body: JSON.stringify(data) });
  assert.deepEqual(await events(postmarkBounce), [{ id: "42", suppress: [bounce("ada@example.org", "Unknown user.")] }]);
  const spam = { RecordType: "SpamComplaint", ID: 43, Type: "SpamComplaint", Email: "eve@example.org" };
  assert.deepEqual(await events(spam), [{ id: "43", suppress: [complaint("eve@example.org")] }]);
  for (const Type of ["SoftBounce", "Transient", "AutoResponder", "constructor"])
    assert.deepEqual(await events({ ...postmarkBounce, Type }), [], Type);
  assert.deepEqual(await events({ RecordType: "Delivery", Recipient: "ada@example.org" }), []);

  const body = JSON.stringify(postmarkBounce);
  const encoded = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
  const wrong = [
    "",
    "Basic",
    "Basic ",
    encoded("chassis:correct-horse-batterz"),
    encoded("chassis:"),
    encoded("chassis"),
    encoded(`${postmarkSecret} `),
    postmarkHeaders.authorization.replace("Basic", "Bearer"),
  ];
  for (const authorization of wrong)
    await isRefused(receive("postmark", postmarkSecret, { headers: { authorization }, body }), authorization);
  await isRefused(receive("postmark", postmarkSecret, { body }), "none");
});

test("standard: whoever signs by Standard Webhooks is heard in a form of our own", async () => {
  // (printf 'msg_1.1796126400.'; cat body) | openssl dgst -sha256 -mac HMAC -macopt hexkey:$KEY -binary | base64
  const signatures: readonly (readonly [body: string, signature: string, suppress: MailEvent["suppress"]])[] = [
    [
      '{"type":"bounce","data":{"address":"ada@example.org","permanent":true,"detail":"550"}}',
      "8dYk+GTaWzsDh0O5A7EvC6D5wJE+4FFsMyAEP4bleLk=",
      [bounce("ada@example.org", "550")],
    ],
    ['{"type":"bounce","data":{"address":"ada@example.org"}}', "8Lb1yfEqWG0VSdTIPdOa0uKSsNJkWj0aXpJ9he5EOAY=", []],
    [
      '{"type":"complaint","data":{"address":"eve@example.org"}}',
      "nx3E3CpHUg10SWOcKqukpOWFcLzeYTs4VsZUrhX4RHk=",
      [complaint("eve@example.org")],
    ],
    ['{"type":"delivered","data":{"address":"eve@example.org"}}', "O8R9z/UnosF/sa58KsgqjxF11t9euoC02wQ+V/XcAoY=", []],
  ];
  for (const [body, signature, suppress] of signatures) {
    const headers = { "webhook-id": "msg_1", "webhook-timestamp": "1796126400", "webhook-signature": `v1,${signature}` };
    assert.deepEqual(
      await receive("standard", whsec, { headers, body }),
      suppress.length === 0 ? [] : [{ id: "msg_1", suppress }],
      body,
    );
    await isRefused(receive("standard", whsec, { headers, body: body.replace("example", "exbmple") }), "changed");
  }
});

/** Amazon's side of SNS: the certificate, and whatever else is asked for. */
function amazon(answers: Readonly<Record<string, () => Response>> = {}): { fetch: typeof fetchSafely; asked: string[] } {
  const asked: string[] = [];
  const fetch: typeof fetchSafely = async (address, options) => {
    asked.push(String(address));
    assert.equal(options?.redirect, "error");
    const answer = answers[String(address)];
    if (answer !== undefined) return answer();
    return String(address) === snsMessages.bounce.SigningCertURL
      ? new Response(snsCertificate)
      : new Response("", { status: 403 });
  };
  return { fetch, asked };
}

const asBody = (message: object): Sent => ({ body: JSON.stringify(message) });

test("Amazon SES: what the key of Amazon's certificate signed for the topic is taken, by both digests", async () => {
  const { fetch, asked } = amazon();
  const take = mailProviders.ses.open([topic], { now: () => moment, fetch });
  const events = async (message: object): Promise<readonly MailEvent[]> =>
    take({ header: () => undefined, body: Buffer.from(JSON.stringify(message)) });
  assert.deepEqual(await events(snsMessages.bounce), [
    { id: "m-1", suppress: [bounce("ada@example.org", "smtp; 550 5.1.1 user unknown"), bounce("Bob <bob@example.org>")] },
  ]);
  assert.deepEqual(await events(snsMessages.complaint), [{ id: "m-2", suppress: [complaint("eve@example.org", "abuse")] }]);
  for (const name of ["soft", "notSpam", "hello"] as const) assert.deepEqual(await events(snsMessages[name]), [], name);
  assert.deepEqual(asked, [snsMessages.bounce.SigningCertURL], "the certificate is fetched once");

  for (const [name, value] of Object.entries(snsMessages.bounce)) {
    if (name === "SigningCertURL") continue;
    await isRefused(events({ ...snsMessages.bounce, [name]: `A${value}` }), name);
    await isRefused(events({ ...snsMessages.bounce, [name]: undefined }), `without ${name}`);
    await isRefused(events({ ...snsMessages.bounce, [name]: [value] }), `list of ${name}`);
  }
  await isRefused(events(snsMessages.otherTopic), "another topic, which Amazon signed");
  await isRefused(events({ ...snsMessages.bounce, SignatureVersion: "1" }), "the other digest");
  await isRefused(events({ ...snsMessages.bounce, Type: "toString" }), "a type of every object");
  assert.equal(asked.length, 1);
});

test("Amazon SES: an hour is what SNS tries, and no longer", async () => {
  const { fetch } = amazon();
  for (const at of [moment + 3_600_000, moment - 300_000])
    assert.equal((await receive("ses", topic, asBody(snsMessages.bounce), { at, fetch })).length, 1);
  for (const at of [moment + 3_600_001, moment - 300_001])
    await isRefused(receive("ses", topic, asBody(snsMessages.bounce), { at, fetch }), String(at));
});

test("Amazon SES: certificates come from the topic's own host, over https, from where SNS keeps them", async () => {
  const good = new URL(snsMessages.bounce.SigningCertURL);
  const urls = [
    good.href.replace("https:", "http:"),
    good.href.replace("eu-west-1", "us-east-1"),
    good.href.replace("amazonaws.com", "amazonaws.com.evil.example"),
    good.href.replace("amazonaws.com", "amazonaws.com.cn"),
    good.href.replace("https://", "https://evil.example@"),
    good.href.replace("https://", "https://evil.example/"),
    good.href.replace(".com/", ".com:8443/"),
    good.href.replace(".com/", ".com/x/../?/"),
    `${good.href}?Action=GetTopicAttributes`,
    `${good.href}#.pem`,
    `https://${good.host}/?Action=ConfirmSubscription&x=/SimpleNotificationService-0123456789abcdef.pem`,
    "https://sns.s3-eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://127.0.0.1/SimpleNotificationService-0123456789abcdef.pem",
    "file:///etc/passwd",
    "",
  ];
  for (const SigningCertURL of urls) {
    const { fetch, asked } = amazon();
    await isRefused(receive("ses", topic, asBody({ ...snsMessages.bounce, SigningCertURL }), { fetch }), SigningCertURL);
    assert.deepEqual(asked, [], SigningCertURL);
  }
});

test("Amazon SES: a certificate that is none, is over its time or cannot be had is no certificate", async () => {
  const url = snsMessages.bounce.SigningCertURL;
  const fails = async (answer: () => Response): Promise<string> => {
    const { fetch } = amazon({ [url]: answer });
    const error = await receive("ses", topic, asBody(snsMessages.bounce), { fetch }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof AppError);
    return error.error;
  };
  assert.equal(await fails(() => new Response("hello")), "invalidSignature");
  assert.equal(await fails(() => new Response(snsCertificate, { status: 404 })), "invalidSignature");
  assert.equal(
    await fails(() => {
      throw new Error("no network");
    }),
    "unavailable",
  );
  const before = { ...asBody({ ...snsMessages.bounce, Timestamp: "2020-01-01T00:00:00Z" }) };
  await isRefused(
    receive("ses", topic, before, { at: Date.parse("2020-01-01T00:00:00Z"), fetch: amazon().fetch }),
    "before its time",
  );
});

test("Amazon SES: whoever makes up certificates has two of them looked for at once, not a thousand", async () => {
  const gate = Promise.withResolvers<undefined>();
  let asked = 0;
  const fetch: typeof fetchSafely = async () => {
    asked += 1;
    await gate.promise;
    return new Response("", { status: 403 });
  };
  const take = mailProviders.ses.open([topic], { now: () => moment, fetch });
  const outcomes = Array.from({ length: 50 }, async (_, index) => {
    const SigningCertURL = `https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${String(index).padStart(32, "0")}.pem`;
    const body = Buffer.from(JSON.stringify({ ...snsMessages.bounce, SigningCertURL }));
    try {
      await take({ header: () => undefined, body });
    } catch (error) {
      return (error as AppError).error;
    }
    return "taken";
  });
  gate.resolve(undefined);
  const all = await Promise.all(outcomes);
  assert.equal(asked, 2);
  assert.deepEqual([...new Set(all)].sort(), ["invalidSignature", "overloaded"]);
});

test("Amazon SES: a subscription of the topic is confirmed at Amazon, and nowhere else", async () => {
  const { SubscribeURL } = snsMessages.confirmation;
  const there = amazon({ [SubscribeURL]: () => new Response("<ConfirmSubscriptionResponse/>") });
  assert.deepEqual(await receive("ses", topic, asBody(snsMessages.confirmation), there), []);
  assert.deepEqual(there.asked, [snsMessages.confirmation.SigningCertURL, SubscribeURL]);

  const away = amazon({ [SubscribeURL]: () => new Response("", { status: 500 }) });
  const failed = receive("ses", topic, asBody(snsMessages.confirmation), away);
  await assert.rejects(failed, (error) => error instanceof AppError && error.error === "unavailable");

  const evil = amazon();
  await isRefused(receive("ses", topic, asBody(snsMessages.evilConfirmation), evil), "another host, although Amazon signed it");
  await isRefused(
    receive("ses", topic, asBody({ ...snsMessages.confirmation, SubscribeURL: `${SubscribeURL}1` }), evil),
    "changed",
  );
  assert.ok(evil.asked.every((url) => url === snsMessages.bounce.SigningCertURL));
});
