import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const backend = `
import { defineBackend, defineSchema, everyone, nobody, secret, text } from ${JSON.stringify(library)};
const schema = defineSchema({ users: { name: text().min(1), town: text().optional(), badge: secret().optional() } }, { roles: ["editor"] });
export default defineBackend(schema, {
  rules: { users: ({ row, me }) => ({ read: everyone, create: nobody, update: row.id.eq(me.id), delete: nobody }) },
  auth: { signUp: "closed", keys: true },
});
`;

interface Listed {
  readonly user: string;
  readonly address: string;
  readonly roles: readonly string[];
  readonly suspended: boolean;
  readonly hasPassword: boolean;
}

/** A key that somebody made, as those who run the server see and end it. */
async function steerKeys(
  folder: BackendFolder,
  url: string,
  { address: email, password }: { readonly address: string; readonly password: string },
): Promise<void> {
  const run = (...args: readonly string[]): ReturnType<BackendFolder["run"]> => folder.run("key", ...args, "-b", folder.path);
  const post = async (path: string, body: object, token = ""): Promise<Readonly<Record<string, string>>> => {
    const headers = { "content-type": "application/json", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    return (await (await fetch(`${url}/auth/v1/${path}`, init)).json()) as Readonly<Record<string, string>>;
  };
  const { token } = await post("sign-in", { email, password, session: "token" });
  const { key, id = "" } = await post("keys", { name: "nightly", tables: ["users"] }, token);
  const status = async (): Promise<number> =>
    (await fetch(`${url}/rest/v1/users`, { headers: { authorization: `Bearer ${key}` } })).status;
  assert.equal(await status(), 200);
  const { output } = await run("list", "--user", email);
  assert.match(output, new RegExp(`^${id} .* ${key?.slice(0, 10)}… {2}nightly {2}read users {2}until .* {2}never used`, "m"));
  assert.ok(!output.includes(key ?? "none"));
  assert.match((await run("revoke")).errors, /by its id, whose keys by --user, or --all/);
  assert.match((await run("revoke", "none")).errors, /There is no key with the id 'none'/);
  assert.match((await run("revoke", id)).errors, /1 key is good no more/);
  assert.equal(await status(), 401);
  for (let each = 0; each < 2; each++) await post("keys", { name: "more" }, token);
  assert.match((await run("revoke", "--user", email)).errors, /2 keys are good no more/);
  assert.match((await run("revoke", "--all")).errors, /0 keys are good no more/);
}

/** All that is asked of people, by a server or without one. */
async function steer(folder: BackendFolder, url: string | undefined): Promise<void> {
  const { path } = folder;
  const run = (...args: readonly string[]): ReturnType<BackendFolder["run"]> => folder.run("user", ...args, "-b", path);
  const list = async (...args: readonly string[]): Promise<readonly Listed[]> =>
    (await run("list", "--json", ...args)).output
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Listed);
  const name = url === undefined ? "without" : "with";
  const address = `Ada@${name}.example`;

  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [["create", "ada"], /The address must be one e-mail address/],
    [["create", address], /name' is required.*--set <field>=<value>/],
    [["create", address, "--set", "name=Ada", "--role", "editr"], /no role 'editr'.*editor/s],
    [["create", address, "--set", "name"], /name=value/],
    [["create", address, "--set", "name=Ada", "--set", "twon=x"], /no column 'twon'.*town/s],
    [["roles", address, "--role", "editor"], /Nobody has an account/],
    [["suspend", "01890000-0000-7000-8000-00000000ada0"], /Nobody has an account with the id/],
  ];
  for (const [args, message] of refusals) {
    const { code, errors } = await run(...args);
    assert.equal(code, /--help` tells more/.test(errors) ? 2 : 1, args.join(" "));
    assert.match(errors, message);
  }
  const created = await run(
    "create",
    address,
    "--set",
    "name=Ada",
    "--set",
    "town=Delft",
    "--set",
    "badge=open-sesame",
    "--role",
    "editor",
  );
  assert.match(created.output, /^http:\/\/localhost:\d+\/auth\/reset\?token=[\w-]{43}\n$/, created.errors);
  assert.match((await run("create", address.toUpperCase(), "--set", "name=Eve")).errors, /There is an account with the address/);
  const [ada] = await list("--search", `ADA@${name}`);
  assert.deepEqual([ada?.address, ada?.roles, ada?.hasPassword], [address, ["editor"], false]);
  assert.match((await run("show", address)).output, new RegExp(`address\\s+${address} \\(not confirmed\\)[^]*password\\s+none`));

  const copy = await run("export", address);
  const { account, rows } = JSON.parse(copy.output) as { account: { address: string }; rows: { users: { town: string }[] } };
  assert.deepEqual([account.address, rows.users.map(({ town }) => town)], [address, ["Delft"]], copy.errors);
  assert.doesNotMatch(copy.output, /open-sesame|badge/);
  assert.match((await run("export", "nobody@example.org")).errors, /Nobody has an account/);

  const json = { "content-type": "application/json" };
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${url}/auth/v1/${path}`, { method: "POST", headers: json, body: JSON.stringify(body) });
  const password = "correct horse battery";
  if (url !== undefined) {
    const token = new URL(created.output.trim()).searchParams.get("token");
    assert.equal((await post("password/reset", { token, password })).status, 204);
    assert.equal((await post("password/reset", { token, password })).status, 400);
    const signedIn = await post("sign-in", { email: address, password, session: "token" });
    const { token: session } = (await signedIn.json()) as { token: string };
    const who = async (): Promise<{ roles: string[]; verified: boolean }> =>
      (await fetch(`${url}/auth/v1/session`, { headers: { authorization: `Bearer ${session}` } })).json() as never;
    assert.deepEqual([(await who()).roles, (await who()).verified], [["editor"], false]);
    assert.match((await run("show", address)).output, /sessions\s+1\n\s+\S+ \S+.* password, 127\.0\.0\.1|password, ::1/);
    await run("roles", address, "--role", "admin", "--role", "editor");
    assert.deepEqual((await who()).roles, ["admin", "editor"]);
    assert.match((await run("sign-out", address)).errors, /is signed out everywhere, and may sign in again/);
    assert.equal(((await who()) as unknown as { code: string }).code, "PGRST303");
    for (let each = 0; each < 2; each++) assert.equal((await post("sign-in", { email: address, password })).status, 200);
    await steerKeys(folder, url, { address, password });
    assert.match((await run("sign-out-all")).errors, /3 sessions have ended: everybody is signed out/);
    await run("suspend", address);
    assert.equal(((await who()) as unknown as { code: string }).code, "PGRST303");
    assert.equal((await post("sign-in", { email: address, password })).status, 403);
    assert.match((await run("reset-link", address)).errors, /suspended/);
  } else {
    await run("roles", address, "--role", "admin", "--role", "editor");
    assert.match((await run("sign-out", address)).errors, /is signed out everywhere/);
    assert.match((await run("sign-out-all")).errors, /0 sessions have ended/);
    await run("suspend", address);
  }
  assert.match(
    (await run("list", "--role", "admin")).output,
    new RegExp(`${address}\\s+admin, editor\\s+.*suspended, not confirmed`),
  );
  assert.match((await run("resume", address)).errors, /may sign in again/);
  assert.match((await run("roles", address)).errors, /--none/);
  await run("roles", address, "--none");
  assert.deepEqual((await list("--search", name))[0]?.roles, []);
  assert.match((await run("reset-link", ada?.user ?? "")).output, /reset\?token=/);
  assert.match((await run("reset-factors", address)).errors, /has no second factor and no passkey any more/);
  assert.match((await run("delete", address)).errors, /is deleted/);
  assert.deepEqual(await list("--search", name), []);
}

test("people are seen and steered beside a running server, and without one", async (t) => {
  const folder = await backendFolder(t, backend);
  const { path } = folder;
  assert.match((await folder.run("user", "list", path)).errors, /There is no database in .* yet/);
  const environment = { PORT: "0", CHASSIS_MAIL_FROM: "people@example.org", CHASSIS_RATE_LIMITS: "off" };
  const server = spawnProgram(t, ["start", path], environment);
  const [, url] = await server.written(/"url":"([^"]+)"/);
  await server.written(/There is no administrator yet: chassis user create <address> --role admin makes one/);
  assert.ok(!server.text().includes("token="), "a link is for whoever sits at the console");
  assert.match((await folder.run("user", "list", path)).errors, /Nobody has an account yet/);
  await steer(folder, url);
  // What happened is in the log, and nothing that would let anybody in.
  for (const event of ["users.create", "users.suspend", "passwordReset.reset", "signIn.signIn"])
    assert.ok(server.text().includes(`"event":"${event}"`), event);
  assert.ok(server.text().includes('"refused":"account_suspended"'));
  assert.doesNotMatch(server.text(), /correct horse|ada@with|chs_|token=/i);
  server.process.kill("SIGTERM");
  await server.ended();
  await steer(folder, undefined);
});

test("the console shows the link that makes the first administrator, until there is one", async (t) => {
  const folder = await backendFolder(t, backend);
  const environment = { PORT: "0", CHASSIS_MAIL_FROM: "people@example.org", CHASSIS_LOG_FORMAT: "text" };
  const server = spawnProgram(t, ["start", folder.path], environment);
  const [, url, token] = await server.written(
    /There is no administrator yet\.[^]*?(http:\/\/localhost:\d+)\/auth\/first-admin\?token=([\w-]{43})/,
  );
  const claim = await fetch(`${url}/auth/v1/first-admin`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      token,
      email: "root@example.org",
      password: "correct horse battery",
      user: { name: "Root" },
      session: "token",
    }),
  });
  assert.equal(claim.status, 200, await claim.clone().text());
  server.process.kill("SIGTERM");
  await server.ended();
  const again = spawnProgram(t, ["start", folder.path], environment);
  await again.written(/Data API/);
  again.process.kill("SIGTERM");
  await again.ended();
  assert.ok(!again.text().includes("administrator"));
});

test("a back end without sign-in has no people to steer", async (t) => {
  const folder = await backendFolder(t, backend.replace(/ {2}auth: .*\n/, ""));
  assert.match((await folder.run("user", "list", folder.path)).errors, /no database/);
  assert.match(
    (await folder.run("user", "suspend", "a@example.org", folder.path)).errors,
    /has no sign-in: give defineBackend `auth: true`/,
  );
});

test("a secret field of a new user is encrypted, also where no server runs", async (t) => {
  const folder = await backendFolder(t, backend);
  const server = spawnProgram(t, ["start", folder.path], { PORT: "0", CHASSIS_MAIL_SERVER: "mailbox" });
  await server.written(/"url":"([^"]+)"/);
  server.process.kill("SIGTERM");
  await server.ended();
  const { code, errors } = await folder.run(
    "user",
    "create",
    "eve@example.org",
    "--set",
    "name=Eve",
    "--set",
    "badge=open-sesame",
    "-b",
    folder.path,
  );
  assert.equal(code, 0, errors);
  const files = await Promise.all(
    (await readdir(join(folder.path, ".data"))).map((name) =>
      readFile(join(folder.path, ".data", name)).catch(() => Buffer.alloc(0)),
    ),
  );
  assert.ok(files.some((file) => file.includes("eve@example.org")));
  assert.ok(!files.some((file) => file.includes("open-sesame")));
});

test("whoever is in users already gets an account, and stays who they are", async (t) => {
  const folder = await backendFolder(t, backend);
  const people = join(folder.path, "people.csv");
  const [fay, gus] = ["01890000-0000-7000-8000-0000000000fa", "01890000-0000-7000-8000-000000000905"];
  await writeFile(people, `id,name\n${fay},Fay\n${gus},Gus\n`);
  const imported = await folder.run("import", "users", people, folder.path);
  assert.equal(imported.code, 0, imported.errors);
  const create = (address: string, ...args: readonly string[]): ReturnType<BackendFolder["run"]> =>
    folder.run("user", "create", address, ...args, "-b", folder.path);
  const made = await create("fay@example.org", "--user", fay, "--role", "editor");
  assert.match(made.output, /\/auth\/reset\?token=/, made.errors);
  assert.match(made.errors, new RegExp(`fay@example\\.org has the account ${fay}`));
  const refusals: readonly (readonly [args: readonly [string, ...string[]], message: RegExp])[] = [
    [["fay@elsewhere.example", "--user", fay], /has an account: fay@example\.org/],
    [["fay@example.org", "--user", gus], /There is an account with the address/],
    [["gus@example.org", "--user", fay.replace("fa", "fb")], /There is nobody in 'users' with the id/],
    [["gus@example.org", "--user", gus, "--set", "name=Gus"], /--set is for a new row/],
  ];
  for (const [args, message] of refusals) {
    const { code, errors } = await create(...args);
    assert.equal(code, /--help` tells more/.test(errors) ? 2 : 1, args.join(" "));
    assert.match(errors, message);
  }
  const { output } = await folder.run("user", "list", "--json", folder.path);
  const [only, ...others] = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Listed);
  assert.deepEqual([only?.user, only?.roles, others], [fay, ["editor"], []]);
});

const teams = `
import { defineBackend, defineSchema, enums, everyone, nobody, ref, table, text } from ${JSON.stringify(library)};
const cascade = (name) => ref(name).onDelete("cascade");
const schema = defineSchema({
  users: { name: text() },
  teams: { name: text() },
  members: table({ team: cascade("teams"), user: cascade("users"), role: enums("owner", "member") }, { unique: [["team", "user"]] }),
}, { organisations: { table: "teams" } });
const closed = () => ({ read: everyone, write: nobody });
export default defineBackend(schema, {
  rules: { users: closed, teams: closed, members: closed },
  auth: { signUp: "closed" },
  seed: async ({ transaction, records, system }) => {
    const made = (table, row) => ({ type: "insert", table, rows: [row], rowForm: "json", missing: "default", values: [], form: "json" });
    const all = { table: "users", selection: { items: [{ type: "all" }] }, values: [], form: "json" };
    const [user] = JSON.parse((await records.read(all, system)).json);
    if (user === undefined) return;
    const team = "01890000-0000-7000-8000-00000000aaaa";
    await transaction(async (own) => {
      await own.write(made("teams", { id: team, name: "Red" }), system);
      await own.write(made("members", { team, user: user.id, role: "owner" }), system);
    });
  },
});
`;

test("what somebody belongs to is shown, and the last owner of it is not deleted", async (t) => {
  const folder = await backendFolder(t, teams);
  const run = (...args: readonly string[]): ReturnType<BackendFolder["run"]> => folder.run("user", ...args, "-b", folder.path);
  const environment = { PORT: "0", CHASSIS_MAIL_FROM: "people@example.org", CHASSIS_LOG_FORMAT: "text" };
  const start = async (): Promise<ReturnType<typeof spawnProgram>> => {
    const server = spawnProgram(t, ["start", folder.path], environment);
    await server.written(/Data API/);
    return server;
  };
  const stop = async (server: ReturnType<typeof spawnProgram>): Promise<void> => {
    server.process.kill("SIGTERM");
    await server.ended();
  };
  const first = await start();
  assert.equal((await run("create", "ada@example.org", "--set", "name=Ada")).code, 0);
  assert.match((await run("show", "ada@example.org")).output, /belongs to\s+nothing/);
  await stop(first);
  const second = await start();
  assert.match((await run("show", "ada@example.org")).output, /belongs to\s+Red \(owner\)/);
  assert.match((await run("show", "ada@example.org", "--json")).output, /"name": "Red",\s+"role": "owner"/);
  assert.match((await run("delete", "ada@example.org")).errors, /An organisation keeps an owner/);
  await stop(second);
  assert.match((await run("delete", "ada@example.org")).errors, /An organisation keeps an owner/);
});
