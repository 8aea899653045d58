import assert from "node:assert/strict";
import { test } from "node:test";
import { type BackendFolder, backendFolder } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const library = new URL("../../src/index.ts", import.meta.url).href;

const backend = `
import { defineBackend, defineSchema, everyone, nobody, text } from ${JSON.stringify(library)};
const schema = defineSchema({ users: { name: text().min(1) } });
export default defineBackend(schema, {
  rules: { users: ({ row, me }) => ({ read: everyone, create: nobody, update: row.id.eq(me.id), delete: nobody }) },
  auth: { signUp: "closed", provider: true },
});
`;

const callback = "https://app.example/callback";

/** All that is asked of apps, by a server or without one. */
async function steer(folder: BackendFolder, url: string | undefined): Promise<void> {
  const run = (...args: readonly string[]): ReturnType<BackendFolder["run"]> => folder.run("client", ...args, "-b", folder.path);
  const list = async (): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    (await run("list", "--json")).output
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

  for (const [args, message] of [
    [["add", "Shop"], /Say where people are sent back to/],
    [["add", " ", "--redirect", callback], /The name is of 1 to 80 characters/],
    [["add", "Sh\u202eop", "--redirect", callback], /all of which can be seen/],
    [["add", "Shop", "--redirect", "http://app.example/callback"], /must be https/],
    [["add", "Shop", "--redirect", `${callback}#x`], /part after #/],
    [
      ["add", "Shop", "--redirect", callback, "--scope", "openid", "--scope", "everything"],
      /no scope 'everything'; there are openid/,
    ],
    [["add", "Shop", "--redirect", callback, "--scope", "email"], /openid is needed/],
    [["add", "Shop", "--redirect", "com.example.app:/done", "--public", "--trusted"], /can be trusted/],
    [["add", "Shop", "--redirect", callback, "--resource", "api"], /The resource api is no address/],
    [["rotate", "nobody"], /There is no app with the id 'nobody'/],
  ] as const) {
    const { code, errors } = await run(...args);
    assert.equal(code, /--help` tells more/.test(errors) ? 2 : 1, args.join(" "));
    assert.match(errors, message);
  }
  assert.deepEqual(await list(), []);

  const added = await run(
    "add",
    "The shop",
    "--redirect",
    callback,
    "--logout",
    "https://app.example/",
    "--scope",
    "openid",
    "--trusted",
  );
  const [id = "", secret = ""] = added.output.trim().split("\n");
  assert.match(secret, /^[\w-]{43}$/, added.errors);
  const [device = "", none] = (await run("add", "Phone", "--public", "--redirect", "com.example.app:/done")).output
    .trim()
    .split("\n");
  assert.equal(none, undefined, "no secret");
  const shown = await list();
  assert.deepEqual(
    shown.map(({ name, isPublic, trusted, scopes }) => [name, isPublic, trusted, scopes]),
    [
      ["The shop", false, true, ["openid"]],
      ["Phone", true, false, ["openid", "profile", "email"]],
    ],
  );
  assert.ok(!JSON.stringify(shown).includes(secret));
  assert.match((await run("list")).output, new RegExp(`${id}  The shop  with a secret, trusted.*\\n  back to +${callback}`));
  assert.match((await run("rotate", device)).errors, /has no secret/);

  const ask = async (given: string): Promise<unknown> => {
    const body = new URLSearchParams({ client_id: id, client_secret: given, token: "x" });
    return (
      (await (await fetch(`${url}/oidc/v1/introspect`, { method: "POST", body })).json()) as Readonly<Record<string, unknown>>
    )["error"];
  };
  if (url !== undefined) assert.equal(await ask(secret), undefined);
  const rotated = (await run("rotate", id)).output.trim();
  assert.match(rotated, /^[\w-]{43}$/);
  if (url !== undefined) {
    assert.equal(await ask(secret), "invalid_client");
    assert.equal(await ask(rotated), undefined);
  }
  assert.match((await run("remove", id)).errors, /The shop signs nobody in any more/);
  if (url !== undefined) assert.equal(await ask(rotated), "invalid_client");
  await run("remove", device);
  assert.deepEqual(await list(), []);
}

test("apps are written down and steered beside a running server, and without one; keys stay, and are rotated", async (t) => {
  const folder = await backendFolder(t, backend);
  const environment = { PORT: "0", CHASSIS_MAIL_FROM: "people@example.org", CHASSIS_RATE_LIMITS: "off" };
  const server = spawnProgram(t, ["start", folder.path], environment);
  const [, url = ""] = await server.written(/"url":"([^"]+)"/);
  await steer(folder, url);
  const keysOf = async (at: string): Promise<readonly string[]> =>
    ((await (await fetch(`${at}/oidc/v1/keys`)).json()) as { readonly keys: readonly { readonly kid: string }[] }).keys.map(
      ({ kid }) => kid,
    );
  const first = await keysOf(url);
  assert.equal(first.length, 2);
  assert.deepEqual(await keysOf(url), first);
  assert.ok(server.text().includes('"event":"clients.add"') && !/client_secret/.test(server.text()));
  server.process.kill("SIGTERM");
  await server.ended();
  await steer(folder, undefined);

  const again = spawnProgram(t, ["start", folder.path], environment);
  const [, here = ""] = await again.written(/"url":"([^"]+)"/);
  assert.deepEqual(await keysOf(here), first, "a restart changes no key");
  assert.match((await folder.run("client", "rotate-keys", folder.path)).errors, /Other keys sign from now on/);
  const after = await keysOf(here);
  assert.equal(after.length, 4);
  assert.ok(
    first.every((kid) => after.includes(kid)),
    "what was signed before can still be checked",
  );
  again.process.kill("SIGTERM");
  await again.ended();
});

test("a back end that is no provider has no apps to steer", async (t) => {
  const folder = await backendFolder(t, backend.replace(", provider: true", ""));
  assert.match(
    (await folder.run("client", "add", "Shop", "--redirect", callback, "-b", folder.path)).errors,
    /give defineBackend `auth: \{ provider: true \}`/,
  );
});
