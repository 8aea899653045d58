import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, test } from "node:test";
import type { DefinitionProblem } from "../../schema/definition-error.ts";
import { SiteSettingsError } from "../site.ts";
import { buildProviders } from "./build-providers.ts";
import { type OAuthClientSettings, readClients } from "./oauth-clients.ts";
import { oidc } from "./oidc.ts";

const issuer = "https://id.example.org";

function problemsOf(written: unknown): readonly string[] {
  const problems: DefinitionProblem[] = [];
  buildProviders(written, problems);
  return problems.map(({ place, message }) => `${place}: ${message}`);
}

describe("auth.providers", () => {
  for (const [written, expected] of [
    [{ google: true, acme: oidc({ issuer }) }, undefined],
    [{ google: { title: "Our Google", scopes: ["x"], domain: "example.org" } }, undefined],
    [{ apple: { team: "ABCDE12345", key: "KEY1234567" } }, undefined],
    [
      { acme: oidc({ issuer: "http://localhost:8080/realms/acme", maxAge: "12h", acr: ["phr"], provesAddresses: false }) },
      undefined,
    ],
    [{ goggle: true }, /^auth.providers.goggle: is no site .* did you mean 'google'/],
    [{ acme: true }, /write oidc\(/],
    [{ google: false }, /^auth.providers.google: is true, or/],
    [{ google: { scope: ["x"] } }, /^auth.providers.google.scope: is nothing that google has.*scopes/],
    [{ google: { title: "" } }, /title: is a text/],
    [{ google: { scopes: "a b" } }, /scopes: is a list/],
    [{ google: { scopes: ["a b"] } }, /scopes: is a list/],
    [{ google: { domain: "https://example.org" } }, /domain: is a domain/],
    [{ apple: true }, /^auth.providers.apple.team: is needed/],
    [{ apple: { team: "x", key: "KEY1234567" } }, /team: is ten letters/],
    [{ microsoft: { tenant: "../evil" } }, /tenant: /],
    [{ github: { origin: "http://git.example.org" } }, /origin: is an origin/],
    [{ gitlab: { origin: "https://git.example.org/x" } }, /origin: is an origin/],
    [{ Acme: oidc({ issuer }) }, /small letters/],
    [{ "a/b": oidc({ issuer }) }, /small letters/],
    [{ "a--b": oidc({ issuer }) }, /small letters/],
    [{ acme: oidc({ issuer: "http://id.example.org" }) }, /issuer: is the address of an issuer by https/],
    [{ acme: oidc({ issuer: "https://id.example.org?x=1" }) }, /issuer: /],
    [{ acme: oidc({ issuer: "https://user:secret@id.example.org" }) }, /issuer: /],
    [{ acme: oidc({ issuer: 1 as never }) }, /issuer: /],
    [{ acme: oidc({ issuer, maxAge: "soon" }) }, /maxAge: must be a duration/],
    [{ acme: oidc({ issuer, allow: ["https://x"] }) }, /allow: .*host and a port/],
    [{ acme: oidc({ issuer, isuer: 1 } as never) }, /isuer: is nothing that oidc has.*issuer/],
    [{ acme: oidc({ issuer, provesAddresses: "yes" as never }) }, /provesAddresses: is true or false/],
    [[], /must be an object, not a list/],
    [true, /must be an object/],
  ] as const) {
    test(`${JSON.stringify(written)} ${expected === undefined ? "stands" : "is a mistake"}`, () => {
      const problems = problemsOf(written);
      if (expected === undefined) assert.deepEqual(problems, []);
      else assert.match(problems.join("\n"), expected);
    });
  }

  test("keeps openid among the scopes, and asks for what is wanted beside", () => {
    const [acme, google] = buildProviders(
      { acme: oidc({ issuer, scopes: ["roles"] }), google: { scopes: ["calendar", "email"] } },
      [],
    );
    assert.deepEqual(acme?.scopes, ["openid", "roles"]);
    assert.deepEqual(google?.scopes, ["openid", "profile", "email", "calendar"]);
  });
});

describe("the settings of clients", () => {
  const providers = buildProviders(
    { google: true, "my-acme": oidc({ issuer }), apple: { team: "ABCDE12345", key: "KEY1234567" } },
    [],
  );
  const key = (type: "ec" | "rsa"): string => {
    const { privateKey } =
      type === "ec" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("rsa", { modulusLength: 1024 });
    return privateKey.export({ type: "pkcs8", format: "pem" });
  };
  const all: OAuthClientSettings = {
    google: { id: "g", secret: "s" },
    "my-acme": { id: "a", secret: "s" },
    apple: { id: "app", secret: key("ec").replaceAll("\n", "\\n") },
  };
  const read = (settings: OAuthClientSettings, development = false) =>
    readClients(providers, settings, { development, origin: "https://people.example" });

  test("are all there, or the server does not start; where somebody develops, it says what is missing", () => {
    assert.equal(read(all).clients.size, 3);
    const { google: _google, ...some } = all;
    assert.throws(
      () => read(some),
      (error) => {
        assert.ok(error instanceof SiteSettingsError);
        assert.match(error.message, /Google here, and CHASSIS_OAUTH_GOOGLE_ID and CHASSIS_OAUTH_GOOGLE_SECRET are not set/);
        assert.match(error.message, /redirect address https:\/\/people.example\/auth\/v1\/oauth\/google\/callback/);
        return true;
      },
    );
    const { clients, missing } = read({ ...some, google: { id: "g" } }, true);
    assert.deepEqual([...clients.keys()], ["my-acme", "apple"]);
    assert.match(missing.join(), /CHASSIS_OAUTH_GOOGLE_SECRET is not set/);
  });

  test("of a site that nobody signs in by are refused, with what was meant", () => {
    for (const development of [true, false])
      assert.throws(
        () => read({ ...all, goggle: { id: "g", secret: "very secret" } }, development),
        (error) => {
          assert.match((error as Error).message, /CHASSIS_OAUTH_GOGGLE_ID and _SECRET: .*did you mean 'google'/);
          assert.doesNotMatch((error as Error).message, /very secret/);
          return true;
        },
      );
    assert.throws(
      () => readClients([], { google: { id: "g", secret: "s" } }, { development: true, origin: "" }),
      /auth.providers of the back end names none/,
    );
  });

  test("of Apple have its private key, and no other", () => {
    for (const secret of ["very secret", key("rsa"), ""])
      assert.throws(
        () => read({ ...all, apple: { id: "app", secret } }),
        (error) => {
          assert.match((error as Error).message, /CHASSIS_OAUTH_APPLE_SECRET must be the private key/);
          assert.doesNotMatch((error as Error).message, /very secret|MII/);
          return true;
        },
      );
    assert.equal(read({ ...all, apple: { id: "app", secret: key("ec") } }).clients.size, 3);
  });
});
