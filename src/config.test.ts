import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadConfig, SettingsError } from "#config";
import { defaultHttpLimits } from "#server";

function problemsOf(environment: Record<string, string>, overrides = {}): readonly string[] {
  try {
    loadConfig({ environment, overrides });
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems;
  }
  return [];
}

describe("settings", () => {
  test("have defaults, and are frozen", () => {
    const config = loadConfig({ environment: {} });
    assert.equal(config.port, 4000);
    assert.deepEqual(config.limits, defaultHttpLimits);
    assert.equal("bodyBytes" in config, false);
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.limits));
  });

  test("come from the environment, and the command line wins", () => {
    const environment = {
      PORT: "5000",
      CHASSIS_LIMIT_BODY_BYTES: "10",
      CHASSIS_TOKEN_LIFETIME: "12h",
      CHASSIS_CORS_ORIGINS: "https://a.example, https://b.example:8443/",
    };
    const config = loadConfig({ environment, overrides: { port: "6000", host: undefined } });
    assert.equal(config.port, 6000);
    assert.equal(config.host, "127.0.0.1");
    assert.equal(config.limits.bodyBytes, 10);
    assert.equal(config.tokenLifetime, 43_200_000);
    assert.deepEqual(config.corsOrigins, ["https://a.example", "https://b.example:8443"]);
    assert.equal(loadConfig({ environment: { PORT: "" } }).port, 4000);
  });

  test("that are wrong are refused all at once, by their names", () => {
    const problems = problemsOf({ PORT: "70000", CHASSIS_LOG_LEVEL: "inof", CHASSIS_BASE_URL: "https://a.example/a path" });
    assert.equal(problems.length, 3);
    assert.match(problems[0] ?? "", /^PORT: must be a whole number from 0 to 65535, not '70000'$/);
    assert.match(problems.join("\n"), /CHASSIS_LOG_LEVEL: .*did you mean 'info'/);
    assert.match(problemsOf({}, { port: "x" })[0] ?? "", /^port: /);
  });

  test("a base URL may have a path, in one spelling", () => {
    const read = (text: string): string | undefined => loadConfig({ environment: { CHASSIS_BASE_URL: text } }).baseUrl;
    assert.equal(read("https://a.example/"), "https://a.example");
    assert.equal(read("https://a.example:8443/app"), "https://a.example:8443/app");
    assert.equal(read("https://a.example/app/two.v1/"), "https://a.example/app/two.v1");
  });

  for (const [variable, value] of [
    ["CHASSIS_BASE_URL", "https://a.example//app"],
    ["CHASSIS_BASE_URL", "https://a.example/app//"],
    ["CHASSIS_BASE_URL", "https://a.example/../app"],
    ["CHASSIS_BASE_URL", "https://a.example/.app"],
    ["CHASSIS_BASE_URL", "https://a.example/%61pp"],
    ["CHASSIS_BASE_URL", "https://a.example/app?x"],
    ["CHASSIS_BASE_URL", "https://a.example/app#x"],
    ["CHASSIS_BASE_URL", "https://user@a.example/app"],
    ["CHASSIS_BASE_URL", "/app"],
    ["CHASSIS_PREFIX", "strip"],
    ["PORT", "-1"],
    ["PORT", "4e3"],
    ["PORT", " 80"],
    ["CHASSIS_HOST", "a b"],
    ["CHASSIS_TOKEN_LIFETIME", "0d"],
    ["CHASSIS_TOKEN_LIFETIME", "30"],
    ["CHASSIS_CORS_ORIGINS", "*,https://a.example"],
    ["CHASSIS_CORS_ORIGINS", "null"],
    ["CHASSIS_CORS_ORIGINS", "ftp://a.example"],
    ["CHASSIS_LIMIT_BODY_BYTES", "0"],
  ] as const) {
    test(`${variable}=${value} is refused`, () => assert.equal(problemsOf({ [variable]: value }).length, 1));
  }

  test("that are misspelt are refused with a suggestion", () => {
    assert.deepEqual(problemsOf({ CHASSIS_LIMIT_BODY_BYTE: "1" }), [
      "CHASSIS_LIMIT_BODY_BYTE: there is no such setting; did you mean 'CHASSIS_LIMIT_BODY_BYTES'?",
    ]);
    assert.deepEqual(problemsOf({ OTHER_PORT: "x" }), []);
  });
});

test("a secret of the wrong form is not repeated", () => {
  const problems = problemsOf({ CHASSIS_MAIL_EVENTS: "mailgun=0123456789abcdef,sendgrid=very-secret-and-no-key" });
  assert.deepEqual(problems, [
    "CHASSIS_MAIL_EVENTS: what follows sendgrid= must be the verification key of the signed event webhook, a P-256 public key in base64",
  ]);
});

test("clients at other sites come from the environment, by the names of the sites", () => {
  const environment = {
    CHASSIS_OAUTH_GOOGLE_ID: "g",
    CHASSIS_OAUTH_GOOGLE_SECRET: " s\n",
    CHASSIS_OAUTH_MY_ACME_ID: "a",
    CHASSIS_OAUTH_MY_ACME_SECRET: "",
  };
  assert.deepEqual(loadConfig({ environment }).oauthClients, { google: { id: "g", secret: "s" }, "my-acme": { id: "a" } });
  for (const [variable, value, expected] of [
    ["CHASSIS_OAUTH_GOOGLE_ID", "a b", /^CHASSIS_OAUTH_GOOGLE_ID: must be as the site gave it/],
    ["CHASSIS_OAUTH_GOOGLE_SECRET", "  ", /^CHASSIS_OAUTH_GOOGLE_SECRET: must be/],
    ["CHASSIS_OAUTH_GOOGLE_KEY", "very secret", /^CHASSIS_OAUTH_GOOGLE_KEY: there is no such setting/],
    ["CHASSIS_OAUTH__ID", "x", /there is no such setting/],
  ] as const)
    assert.throws(
      () => loadConfig({ environment: { [variable]: value } }),
      (error) => error instanceof SettingsError && expected.test(error.message) && !error.message.includes("very secret"),
    );
});
