import assert from "node:assert/strict";
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { type BackendFolder, backendFolder, notesBackend } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface Finding {
  readonly check: string;
  readonly level: string;
  readonly message: string;
  readonly why: string;
  readonly action: string;
  readonly accepted: boolean;
}

/** As it should be, but for who runs the tests: root, in CI. */
const good: Readonly<Record<string, string>> = {
  CHASSIS_BASE_URL: "https://site.example",
  CHASSIS_TRUSTED_PROXIES: "loopback",
  CHASSIS_BACKUP_TO: "s3://bucket/site",
  CHASSIS_BACKUP_PASSPHRASE: "correct horse battery staple",
};

const folder = await backendFolder({ after });
const data = join(folder.path, ".data");
const started = spawnProgram({ after }, ["start", folder.path], { PORT: "0" });
await started.written(/Listening/);
started.process.kill("SIGTERM");
await started.ended();

/** Runs the command with these settings on top of good ones; `undefined` takes one away. */
async function check(
  settings: Readonly<Record<string, string | undefined>> = {},
  { within = folder, more = [] }: { readonly within?: BackendFolder; readonly more?: readonly string[] } = {},
): Promise<{ readonly code: number; readonly findings: readonly Finding[]; readonly names: readonly string[] }> {
  const own = { ...good, ...settings };
  for (const [name, value] of Object.entries(own)) if (value !== undefined) process.env[name] = value;
  try {
    const { code, output, errors } = await within.run("check", within.path, "--deploy", "--json", "--accept", "user", ...more);
    assert.equal(errors, "");
    const { findings } = JSON.parse(output) as { findings: readonly Finding[] };
    return {
      code,
      findings,
      names: findings.filter(({ accepted }) => !accepted).map(({ level, check: name }) => `${level} ${name}`),
    };
  } finally {
    for (const name of Object.keys(own)) delete process.env[name];
  }
}

describe("check --deploy", () => {
  test("finds nothing where all is well", async () => {
    assert.deepEqual(await check().then(({ code, names }) => ({ code, names })), { code: 0, names: [] });
  });

  const broken: readonly (readonly [
    what: string,
    settings: Readonly<Record<string, string | undefined>>,
    found: readonly string[],
  ])[] = [
    ["no base URL", { CHASSIS_BASE_URL: undefined }, ["problem base-url", "problem allowed-hosts"]],
    ["no base URL, but names", { CHASSIS_BASE_URL: undefined, CHASSIS_ALLOWED_HOSTS: "site.example" }, ["problem base-url"]],
    ["a base URL without TLS", { CHASSIS_BASE_URL: "http://site.example" }, ["problem base-url"]],
    ["every name", { CHASSIS_ALLOWED_HOSTS: "*" }, ["problem allowed-hosts"]],
    ["no proxy with HTTPS", { CHASSIS_TRUSTED_PROXIES: undefined }, ["problem proxies"]],
    ["other machines without a proxy", { CHASSIS_TRUSTED_PROXIES: undefined, CHASSIS_HOST: "0.0.0.0" }, ["problem proxies"]],
    ["other machines by a proxy", { CHASSIS_HOST: "::" }, []],
    ["every site may read", { CHASSIS_CORS_ORIGINS: "*" }, ["problem cors"]],
    ["some sites may read", { CHASSIS_CORS_ORIGINS: "https://other.example" }, []],
    ["no strict transport", { CHASSIS_STRICT_TRANSPORT: "off" }, ["advice strict-transport"]],
    ["no limits", { CHASSIS_RATE_LIMITS: "off" }, ["question rate-limits"]],
    ["less durability", { CHASSIS_DURABILITY: "lose-a-second" }, ["problem durability"]],
    ["no backups", { CHASSIS_BACKUP_TO: undefined }, ["problem backups"]],
    ["backups in plain text", { CHASSIS_BACKUP_PASSPHRASE: undefined }, ["problem backup-encryption"]],
    ["backups beside the data", { CHASSIS_BACKUP_TO: join(data, "..", "kept", "deep") }, ["advice backup-place"]],
    ["a log of everything", { CHASSIS_LOG_LEVEL: "debug" }, ["problem log-level"]],
    ["no log", { CHASSIS_LOG_LEVEL: "silent" }, ["advice log-level"]],
    ["mails to the mailbox", { CHASSIS_MAIL_SERVER: "mailbox" }, ["problem mail"]],
    ["mails without TLS", { CHASSIS_MAIL_SERVER: "smtp+plain://localhost:25" }, ["advice mail"]],
    ["mails with TLS", { CHASSIS_MAIL_SERVER: "smtps://user:password@mail.example:465" }, []],
  ];
  for (const [what, settings, found] of broken) {
    test(`finds ${found.length === 0 ? "nothing in" : ""} ${what}, and says why and what to do`, async () => {
      const { code, findings, names } = await check(settings);
      assert.deepEqual(names, found);
      assert.equal(code, found.some((name) => name.startsWith("problem")) ? 1 : 0);
      for (const { message, why, action } of findings)
        for (const text of [message, why, action]) assert.match(text, /^[A-Z].*\S|^chmod /);
    });
  }

  test("leaves out of its verdict what is accepted, and shows it", async () => {
    const { code, findings } = await check({ CHASSIS_CORS_ORIGINS: "*" }, { more: ["--accept", "cors"] });
    assert.equal(code, 0);
    assert.ok(findings.some(({ check: name, accepted }) => name === "cors" && accepted));
  });

  test("refuses to accept what is no finding", async () => {
    const { code, errors } = await folder.run("check", folder.path, "--deploy", "--accept", "mial");
    assert.equal(code, 2);
    assert.match(errors, /no finding 'mial'; did you mean 'mail'\?/);
  });

  test("says in words what it found, the worst last, and shows no secret", async () => {
    Object.assign(process.env, {
      CHASSIS_RATE_LIMITS: "off",
      CHASSIS_BACKUP_TO: "/nowhere",
      CHASSIS_BACKUP_PASSPHRASE: "correct horse battery staple",
    });
    try {
      const { code, output } = await folder.run("check", folder.path, "--deploy");
      assert.equal(code, 1);
      assert.match(
        output,
        /Questions\n {2}rate-limits: [^]*Problems\n[^]*base-url: CHASSIS_BASE_URL is not set\.\n {4}\S[^\n]*\n {4}-> Put a proxy[^]*\d problems?\.\n$/,
      );
      assert.doesNotMatch(output, /horse/);
    } finally {
      for (const name of ["CHASSIS_RATE_LIMITS", "CHASSIS_BACKUP_TO", "CHASSIS_BACKUP_PASSPHRASE"]) delete process.env[name];
    }
    const { code, errors } = await folder.run("check", folder.path, "--accept", "cors");
    assert.equal(code, 2);
    assert.match(errors, /goes with --deploy/);
  });

  test("finds files that others may read", async () => {
    await chmod(join(data, "token-secret"), 0o644);
    assert.deepEqual((await check()).names, ["problem secret-files"]);
    await chmod(join(data, "token-secret"), 0o600);
    await chmod(data, 0o755);
    assert.deepEqual((await check()).names, ["problem data-directory"]);
    await chmod(data, 0o700);
    assert.deepEqual((await check()).names, []);
  });

  test("finds a clock that is behind", async () => {
    const path = join(data, "token-clock");
    await writeFile(path, "2099-01-01T00:00:00.000Z\n");
    assert.deepEqual((await check()).names, ["problem clock"]);
    await writeFile(path, `${new Date().toISOString()}\n`);
    assert.deepEqual((await check()).names, []);
  });

  test("asks about what strangers may write", async (t) => {
    const own = await backendFolder(
      t,
      notesBackend.replace("create: me.hasRole", "create: everyone, ignored: me.hasRole").replace(/, ignored: [^,]*,/, ","),
    );
    await mkdir(join(own.path, ".data"), { mode: 0o700 });
    const { code, findings, names } = await check({}, { within: own });
    assert.deepEqual([code, names], [0, ["question strangers-write"]]);
    assert.match(findings.find(({ check: name }) => name === "strangers-write")?.message ?? "", /notes: create\.$/);
  });

  test("finds mails that nobody sends where people sign in, and asks for more than a password of who may do everything", async (t) => {
    const people = `
import { defineBackend, defineSchema, nobody, text } from ${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)};
export default defineBackend(defineSchema({ users: { name: text() } }), {
  rules: { users: ({ row, me }) => ({ read: row.id.eq(me.id), create: row.id.eq(me.id), update: nobody, delete: nobody }) },
  auth: AUTH,
});`;
    const server = { CHASSIS_MAIL_SERVER: "smtps://user:password@mail.example:465", CHASSIS_MAIL_FROM: "site@site.example" };
    for (const [auth, settings, expected] of [
      ["true", {}, [1, ["problem mail", "advice second-factor"]]],
      ["true", server, [0, ["advice second-factor"]]],
      ['{ secondFactor: { requiredFor: ["admin"] } }', server, [0, []]],
    ] as const) {
      const own = await backendFolder(t, people.replace("AUTH", auth));
      await mkdir(join(own.path, ".data"), { mode: 0o700 });
      const { code, names } = await check(settings, { within: own });
      assert.deepEqual([code, names], expected);
    }
  });

  test("finds root, and a folder that belongs to somebody else", async (t) => {
    if (process.getuid?.() !== 0) {
      // Nobody in particular: it is as it should be.
      const { findings } = await check();
      assert.ok(!findings.some(({ check: name }) => name === "user"));
      return;
    }
    const place = join(await temporaryFolder(t), "data");
    await mkdir(place, { mode: 0o700 });
    const { findings } = await check({ CHASSIS_DATA: place });
    assert.deepEqual(
      findings.map(({ check: name }) => name),
      ["user"],
    );
    await chown(place, 12_345, 12_345);
    assert.deepEqual((await check({ CHASSIS_DATA: place })).names, ["problem data-directory"]);
  });

  test("says where there is nothing to look at", async (t) => {
    const { path, run } = await backendFolder(t);
    const { code, errors } = await run("check", path, "--deploy");
    assert.equal(code, 1);
    assert.match(errors, /There is no data in .* yet: the first start makes it\. Or set CHASSIS_DATA/);
  });
});
