import assert from "node:assert/strict";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { startMailServer } from "../support/smtp-server.ts";
import type { Scope } from "../support/temporary-folder.ts";

const definition = (mailFrom: string): string => `
import { defineBackend, defineSchema, everyone, text } from ${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)};
import { mail, paragraph } from ${JSON.stringify(new URL("../../src/mail.ts", import.meta.url).href)};

const welcome = mail({ subject: "Welcome", body: () => [paragraph("Hello.")] });
export default defineBackend(defineSchema({ users: { name: text() }, notes: { body: text() } }), {
  rules: { users: () => ({ read: everyone }), notes: () => ({ read: everyone, write: everyone }) },
  mails: { welcome },
  ${mailFrom}
});
`;

interface Report {
  readonly findings: readonly { check: string; level: string; message: string; action?: string }[];
}

interface Examined extends Report {
  readonly code: number;
  /** "problem settings: …", all but what is good. */
  readonly told: readonly string[];
  readonly of: (check: string) => Report["findings"];
}

/** Runs it with these settings alone, and `PORT=0`, so that nobody else's programs matter. */
async function examine({ run, path }: BackendFolder, settings: Readonly<Record<string, string>> = {}): Promise<Examined> {
  const own = Object.entries({ PORT: "0", ...settings });
  const kept = own.map(([name]) => [name, process.env[name]] as const);
  for (const [name, value] of own) process.env[name] = value;
  try {
    const { code, output, errors } = await run("doctor", path, "--quick", "--json");
    assert.equal(errors, "");
    const { findings } = JSON.parse(output) as Report;
    const told = findings
      .filter(({ level }) => level !== "ok")
      .map(({ check, level, message }) => `${level} ${check}: ${message}`);
    for (const { level, action, message } of findings) assert.equal(action !== undefined, level !== "ok", message);
    return { code, findings, told, of: (name) => findings.filter(({ check }) => check === name) };
  } finally {
    for (const [name, value] of kept)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}

async function withDatabase(t: Scope, mailFrom = 'mail: { from: "hello@example.org" },'): Promise<BackendFolder> {
  const made = await backendFolder(t, definition(mailFrom));
  const { code, errors } = await made.run("import", "notes", await made.write("notes.csv", "body\na\n"), made.path);
  assert.equal(code, 0, errors);
  return made;
}

const folder = await withDatabase({ after });

describe("what the doctor says of what is around a database", () => {
  test("nothing is wrong where nothing is", async () => {
    const { code, told, of } = await examine(folder);
    assert.equal(code, 0);
    assert.deepEqual(
      told.map((line) => line.split(":")[0]),
      ["advice mail", "advice backups"],
    );
    assert.deepEqual(
      of("settings").map(({ level }) => level),
      ["ok"],
    );
    assert.match(of("versions")[0]?.message ?? "", /^Node\.js 2\d\.\d+\.\d+, SQLite 3\.\d+\.\d+, Chassis \d/);
  });

  for (const [what, settings, message] of [
    ["misspelt", { CHASSIS_BACKUP_TOO: "x" }, "CHASSIS_BACKUP_TOO: there is no such setting; did you mean 'CHASSIS_BACKUP_TO'?"],
    ["of another kind", { PORT: "many" }, /^PORT: must be .*, not 'many'\.$/],
    ["no client's id", { CHASSIS_OAUTH_ACME_ID: "an id with spaces" }, /^CHASSIS_OAUTH_ACME_ID: must be as the site gave it/],
  ] as const) {
    test(`a setting that is ${what} is a finding, and the rest is examined`, async () => {
      const { code, of } = await examine(folder, settings);
      assert.equal(code, 1);
      const [found, ...more] = of("settings");
      assert.equal(found?.level, "problem");
      if (typeof message === "string") assert.equal(found?.message, message);
      else assert.match(found?.message ?? "", message);
      assert.deepEqual(more, []);
      for (const check of ["files", "integrity", "schema", "disk", "versions", "backups"])
        assert.notDeepEqual(of(check), [], check);
    });
  }

  test("settings that are right and do not go with the back end", async (t) => {
    const signIn = await withDatabase(t, "auth: true,");
    const stranger = await examine(signIn, { CHASSIS_OAUTH_ACME_ID: "chassis" });
    assert.equal(stranger.code, 1);
    assert.match(stranger.of("settings")[1]?.message ?? "", /^CHASSIS_OAUTH_ACME_ID and _SECRET: the back end lets nobody/);
    const open = await examine(signIn, { CHASSIS_HOST: "0.0.0.0" });
    assert.equal(open.code, 1);
    assert.match(open.of("settings")[1]?.message ?? "", /the server listens on 0\.0\.0\.0: set CHASSIS_BASE_URL/);
    assert.equal((await examine(signIn)).code, 0);
  });

  test("a mail server that takes us, one that does not know us, and none", async (t) => {
    const login = ["ada", "secret"] as const;
    const server = await startMailServer(t, { login, settings: { allowInsecureAuth: true, hideSTARTTLS: true } });
    const at = (who: string): Record<string, string> => ({
      CHASSIS_MAIL_SERVER: `smtp+plain://${who}@localhost:${server.port}`,
    });
    const good = await examine(folder, at("ada:secret"));
    assert.equal(good.code, 0);
    assert.match(good.of("mail")[0]?.message ?? "", /^The mail server localhost:\d+ answers and takes the password\.$/);
    const stranger = await examine(folder, at("ada:wrong"));
    assert.equal(stranger.code, 1);
    assert.match(stranger.of("mail")[0]?.message ?? "", /refused the user or password of CHASSIS_MAIL_SERVER/);
    assert.doesNotMatch(JSON.stringify(stranger.findings), /wrong@|:wrong/);
    assert.equal(server.taken.length, 0);
    await server.stop();
    const gone = await examine(folder, at("ada:secret"));
    assert.equal(gone.code, 1);
    assert.match(gone.of("mail")[0]?.message ?? "", /^The mail server localhost:\d+ cannot be used\. .*ECONNREFUSED/);
  });

  test("mails without an address that they come from", async (t) => {
    const nameless = await withDatabase(t, "");
    const server = await startMailServer(t, { settings: { hideSTARTTLS: true } });
    const setting = { CHASSIS_MAIL_SERVER: `smtp+plain://localhost:${server.port}` };
    const { code, told } = await examine(nameless, setting);
    assert.equal(code, 1);
    assert.match(told.join("\n"), /^problem mail: The mail 'welcome' has no sender\. Set CHASSIS_MAIL_FROM/m);
    assert.equal((await examine(nameless, { ...setting, CHASSIS_MAIL_FROM: "hello@example.org" })).code, 0);
  });

  test("a port that another program has", async (t) => {
    const other = createServer().listen(0, "127.0.0.1");
    t.after(() => other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const taken = await examine(folder, { PORT: String(port) });
    assert.equal(taken.code, 0);
    const [found] = taken.of("port");
    assert.equal(found?.level, "advice");
    if (process.platform === "linux") assert.ok(found?.message.includes(`taken by process ${process.pid} (`), found?.message);
    assert.match(found?.action ?? "", new RegExp(`PORT=${port + 1}$`));
    other.close();
    assert.equal((await examine(folder, { PORT: String(port) })).of("port")[0]?.level, "ok");
    const nowhere = await examine(folder, { PORT: String(port), CHASSIS_HOST: "192.0.2.1" });
    assert.match(nowhere.told.join("\n"), /^problem port: A server cannot listen on port \d+ of 192\.0\.2\.1/m);
  });

  test("secrets that others may read", async () => {
    const data = join(folder.path, ".data");
    const key = await folder.write("key", "0123456789abcdef0123456789abcdef");
    const secrets = ["token-secret", "previous-secrets"].map((name) => join(data, name));
    for (const path of secrets) await writeFile(path, "x".repeat(43), { mode: 0o600 });
    try {
      await chmod(key, 0o600);
      assert.equal((await examine(folder, { CHASSIS_BACKUP_KEY_FILE: key })).code, 0);
      for (const path of [...secrets, key]) await chmod(path, 0o644);
      const { code, of } = await examine(folder, { CHASSIS_BACKUP_KEY_FILE: key });
      assert.equal(code, 1);
      assert.deepEqual(
        of("access")
          .map(({ action = "" }) => action.replace(/;.*/, ""))
          .sort(),
        [`chmod 600 ${secrets[0]}`, `chmod 600 ${secrets[1]}`, `chmod 600 ${key}`].sort(),
      );
    } finally {
      for (const path of secrets) await rm(path);
    }
  });

  test("a clock that is behind what a server saw", async () => {
    const seen = join(folder.path, ".data/token-clock");
    await writeFile(seen, "2099-01-01T00:00:00.000Z\n");
    try {
      const { code, told } = await examine(folder);
      assert.equal(code, 1);
      assert.match(told.join("\n"), /^problem clock: The machine's clock says 20\d\d-.*it has been 2099-01-01/m);
    } finally {
      await rm(seen);
    }
  });

  test("packages of the project that are too old, and a command that is not the project's own", async () => {
    const modules = join(folder.path, "node_modules");
    for (const [name, version] of [
      ["typescript", "5.7.3"],
      ["zod", "3.23.8"],
      ["chassis", "0.0.1"],
    ] as const) {
      await mkdir(join(modules, name), { recursive: true });
      await writeFile(join(modules, name, "package.json"), JSON.stringify({ name, version }));
    }
    try {
      const { code, of } = await examine(folder);
      assert.equal(code, 1);
      assert.deepEqual(
        of("versions").map(({ level, message, action }) => [level, message.slice(0, 34), action]),
        [
          [
            "advice",
            "This command is of Chassis 0.1.0, a".slice(0, 34),
            "Run the project's own, in its folder: npx chassis doctor",
          ],
          ["advice", "The project has typescript 5.7.3: i".slice(0, 34), "npm install --save-dev typescript@latest"],
          ["problem", "The project has zod 3.23.8: it is n".slice(0, 34), "npm install zod@latest"],
        ],
      );
      await writeFile(join(modules, "zod/package.json"), JSON.stringify({ name: "zod", version: "4.1.13" }));
      assert.match((await examine(folder)).told.join("\n"), /^advice versions: The project has zod 4\.1\.13: /m);
    } finally {
      await rm(modules, { recursive: true });
    }
  });
});

test("a definition with mistakes, and a folder without a database, leave the rest to be examined", async (t) => {
  const broken = await backendFolder(t, 'import "./nowhere.ts";\n');
  const { code, told, of } = await examine(broken);
  assert.equal(code, 1);
  assert.deepEqual(
    told.map((line) => line.split(":")[0]),
    ["problem definition", "problem database", "advice backups"],
  );
  assert.match(of("database")[0]?.message ?? "", /There is no database in .*\.data yet/);
  // Ready to be copied: with npx, and the folder as it was given.
  assert.equal(of("definition")[0]?.action, `\`npx chassis check ${broken.path}\` lists its mistakes.`);
});
