import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { spawnProgram } from "../../tests/support/child-server.ts";
import { temporaryFolder } from "../../tests/support/temporary-folder.ts";

const folder: string = fileURLToPath(new URL(".", import.meta.url));
const before: string = fileURLToPath(new URL("testing/before-accounts/backend.ts", import.meta.url));
const password = "correct horse battery";

test("whoever was here before there were accounts is given one, and finds what is theirs", async (t) => {
  const data = await temporaryFolder(t);
  const environment = { CHASSIS_DATA: data, PORT: "0", CHASSIS_RATE_LIMITS: "off" };
  const run = async (...args: readonly string[]): Promise<string> => {
    const command = spawnProgram(t, args, environment);
    assert.equal(await command.ended(), 0, command.text());
    return command.text();
  };
  const load = async (table: string, csv: string): Promise<void> => {
    const file = join(data, `${table}.csv`);
    await writeFile(file, csv);
    await run("import", table, file, before);
  };
  const school = "01890000-0000-7000-8000-000000000001";
  await load(
    "users",
    "id,name,email,confirmed_email,digest\nada,Ada,new@example.org,ada@example.org,true\nben,Ben,ben@example.org,,true\n",
  );
  await load("schools", `id,name,sort_name,domain\n${school},Aalto University,aalto university,aalto.fi\n`);
  await load("saved_schools", `owner,school\nada,${school}\n`);
  await load("reviews", `school,author,stars,body\n${school},ada,5,Mine\n${school},ben,4,His\n`);

  await run("migrate", "apply", folder);
  const link = await run("user", "create", "ada@example.org", "--user", "ada", "-b", folder);
  const key = await run("token", folder, "--user", "ben");
  const server = spawnProgram(t, ["start", folder], environment);
  const [, origin = ""] = await server.written(/"url":"([^"]+)"/);
  const post = (path: string, form: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(origin + path, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
  const token = /token=([\w-]{43})/.exec(link)?.[1] ?? "";
  assert.equal((await post("/auth/reset", { token, password })).status, 303);
  const signedIn = await post("/auth/sign-in", { email: "ada@example.org", password, to: "/saved" });
  assert.equal(signedIn.headers.get("location"), "/saved");
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const saved = await (await fetch(`${origin}/saved`, { headers: { cookie } })).text();
  assert.match(saved, /<a class="who" href="\/account">Ada<\/a>/);
  assert.match(saved, /Aalto University/);

  // Tokens of before are keys of the API. An address that nobody had confirmed is kept no more.
  const headers = { authorization: `Bearer ${/^\S{100,}$/m.exec(key)?.[0]}` };
  const rows = await (await fetch(`${origin}/rest/v1/users?select=id,address,digest&order=id`, { headers })).json();
  assert.deepEqual(rows, [
    { id: "ada", address: null, digest: null },
    { id: "ben", address: null, digest: true },
  ]);

  // With an account goes what is its owner's.
  await run("user", "delete", "ada@example.org", "-b", folder);
  const reviews = await (await fetch(`${origin}/rest/v1/reviews?select=author,stars`)).json();
  assert.deepEqual(reviews, [{ author: "ben", stars: 4 }]);
});
