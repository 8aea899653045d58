import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMailEvents } from "./parse-mail-events.ts";

const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const p256 =
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWCpBBHGnaRNdQvyPsdu5lhI1sFTfdrFWJiaiuUp277qLqAh/s2tiaxTZ+DjHDcAxi0JEEPxD2sZZJcTryeGe0A==";

test("every provider's secret is read, and two of one while one replaces the other", () => {
  const topic = "arn:aws-cn:sns:cn-north-1:123456789012:mail-events";
  const text = `resend=${whsec}, standard=${whsec},mailgun=key-0123456789abcdef,mailgun=key-fedcba9876543210,sendgrid=${p256},postmark=me:correct-horse-battery,ses=${topic}`;
  assert.deepEqual(
    [...parseMailEvents(text)],
    [
      ["resend", [whsec]],
      ["standard", [whsec]],
      ["mailgun", ["key-0123456789abcdef", "key-fedcba9876543210"]],
      ["sendgrid", [p256]],
      ["postmark", ["me:correct-horse-battery"]],
      ["ses", [topic]],
    ],
  );
});

const bad: readonly (readonly [text: string, message: RegExp])[] = [
  ["", /must be a list/],
  ["resend", /must be a list/],
  [`resend=${whsec},`, /must be a list/],
  [`resnd=${whsec}`, /knows resend, .*not 'resnd'.*resend/],
  ["constructor=secret", /knows resend/],
  ["resend=", /follows resend= must be the signing secret/],
  ["resend=whsec_c2hvcnQ=", /resend= must be/],
  [`resend=${whsec.replace("whsec_", "")}`, /resend= must be/],
  ["mailgun=short", /mailgun= must be .*16 characters/],
  ["mailgun=with spaces in it it is", /mailgun= must be/],
  ["sendgrid=bm8ga2V5", /sendgrid= must be .*P-256/],
  // A key on another curve, P-384.
  [
    "sendgrid=MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEzzZXkwVRUwThTcy+x4BfRmCM+iJwnaVscxpZMsDuOZ4z7Vb1amYGILQJ+QrTPPlPdlavlqa8zDx/nYmEj+LkszdEPbNsxwNeXsklbYgDPw6h/h9rXR1UUTxBKk8hP3RM",
    /sendgrid= must be/,
  ],
  ["postmark=chassis", /postmark= must be name:password/],
  ["postmark=chassis:short", /postmark= must be/],
  ["ses=arn:aws:sns:eu-west-1:1:mail-events", /ses= must be the ARN/],
  ["ses=arn:aws:sns:evil.example/:123456789012:x", /ses= must be/],
];

test("what is no secret of its provider is refused, and no word of a secret is in the message", () => {
  for (const [text, message] of bad) {
    const secret = text.slice(text.indexOf("=") + 1);
    assert.throws(
      () => parseMailEvents(text),
      (error: Error) => {
        assert.match(error.message, message, text);
        if (text.includes("=") && secret.length > 3) assert.ok(!error.message.includes(secret), error.message);
        return true;
      },
    );
  }
});
