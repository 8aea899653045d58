import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { emptyHash, signRequest } from "./s3-signature.ts";

// From Amazon's own test suite of Signature Version 4, and the examples of the S3 API reference.
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const scope = { credentials, region: "us-east-1", service: "service", time: new Date("2015-08-30T12:36:00Z") };
const signatureOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  /Signature=(\w+)/.exec(headers["authorization"] ?? "")?.[1];

for (const [name, method, url, body, expected] of [
  [
    "get-vanilla",
    "GET",
    "https://example.amazonaws.com/",
    "",
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  ],
  [
    "get-vanilla-query-order-key-case",
    "GET",
    "https://example.amazonaws.com/?Param2=value2&Param1=value1",
    "",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
  [
    "get-vanilla-query-unreserved",
    "GET",
    "https://example.amazonaws.com/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "",
    "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
  ],
  [
    "post-vanilla",
    "POST",
    "https://example.amazonaws.com/",
    "",
    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  ],
] as const) {
  test(`Amazon's vector ${name}`, () => {
    const headers = signRequest(
      { method, url: new URL(url), headers: {}, payloadHash: createHash("sha256").update(body).digest("hex") },
      scope,
    );
    assert.equal(signatureOf(headers), expected);
  });
}

test("Amazon's example of getting an object from S3", () => {
  const headers = signRequest(
    {
      method: "GET",
      url: new URL("https://examplebucket.s3.amazonaws.com/test.txt"),
      headers: { Range: "bytes=0-9" },
      payloadHash: emptyHash,
    },
    {
      credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
      region: "us-east-1",
      service: "s3",
      time: new Date("2013-05-24T00:00:00Z"),
    },
  );
  assert.equal(signatureOf(headers), "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
});
