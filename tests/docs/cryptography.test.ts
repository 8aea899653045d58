import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./named-tests.ts";
import { serverSources } from "./sources.ts";

/** How a use of cryptography looks in the sources, and what the page calls it. */
const uses: readonly (readonly [form: RegExp, algorithm: string])[] = [
  [/createHash\("sha256"\)|\bhash\("sha256"/, "SHA-256"],
  [/createHash\("sha1"\)|\bhash\("sha1"/, "SHA-1"],
  [/createHmac\("sha256"/, "HMAC-SHA-256"],
  [/createHmac\("sha1"/, "HMAC-SHA-1"],
  [/hkdfSync\("sha256"/, "HKDF-SHA-256"],
  [/create(?:Dec|C)ipheriv\("aes-256-gcm"/, "AES-256-GCM"],
  [/"argon2id"/, "Argon2id"],
  [/(?<!")\bscrypt\b(?!")/, "scrypt"],
  [/"HS256"/, "HS256"],
  [/"prime256v1"/, "ECDSA P-256"],
  [/generate\("rsa", \{ modulusLength: 2048/, "RS256"],
  [/generate\("ec", \{ namedCurve: "P-256"/, "ES256"],
  [/asymmetricKeyType !== "rsa"/, "RSA"],
  [/"@simplewebauthn\/server"/, "WebAuthn"],
  [/import\("openid-client"\)/, "JWS"],
];
/** What none of these forms is. */
const others =
  /create(?:Hash|Hmac|Cipheriv|Decipheriv|Sign|Verify|ECDH|DiffieHellman)\((?!"(?:sha256|sha1|aes-256-gcm)")|\bhash\((?!"sha(?:256|1)")"|pbkdf2|generateKeyPair(?:Sync)?\(|publicEncrypt|\bsubtle\./;

test("docs/reference/cryptography.md has every use of cryptography in the sources, and no other", () => {
  const rows = readFileSync(join(root, "docs/reference/cryptography.md"), "utf8")
    .split("\n")
    .filter((line) => line.includes("](../../src/"));
  const documented = rows.flatMap((row) => {
    const [, , algorithm = "", where = ""] = row.split(" | ").length === 3 ? ["", ...row.split(" | ")] : [];
    return [...where.matchAll(/\]\(\.\.\/\.\.\/([^)]+)\)/g)].map(([, path = ""]) => ({ path, algorithm }));
  });
  assert.ok(documented.length > 30);
  const found = serverSources().flatMap(({ path, text }) =>
    uses
      .filter(([form]) => form.test(text) && /node:crypto|jose|simplewebauthn/.test(text))
      .map(([, algorithm]) => ({ path, algorithm })),
  );
  const says = ({ path, algorithm }: { path: string; algorithm: string }, all: typeof documented): boolean =>
    all.some((each) => each.path === path && new RegExp(`(?<![\\w-])${algorithm}(?![\\w-])`).test(each.algorithm));
  assert.deepEqual(
    found.filter((each) => !says(each, documented)),
    [],
    "in the sources, and not on the page",
  );
  assert.deepEqual(
    documented.filter(({ path, algorithm }) => !found.some((each) => each.path === path && algorithm.includes(each.algorithm))),
    [],
    "on the page, and not in the sources",
  );
});

test("there is no use of cryptography in a form that the page could not know", () => {
  assert.deepEqual(
    serverSources()
      .filter(({ text }) => others.test(text))
      .map(({ path }) => path),
    [],
  );
});
