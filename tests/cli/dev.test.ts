import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { backendFolder, notesBackend } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";
import { freePort } from "../support/free-port.ts";
import { requireCommand } from "../support/requirements.ts";

test("dev serves the last good version, whatever is saved", async (t) => {
  const { path } = await backendFolder(t);
  const save = (text: string) => writeFile(`${path}/backend.ts`, text);
  const dev = spawnProgram(t, ["dev", path, "--port", "0"], { CHASSIS_LOG_LEVEL: "info" });
  const [, url] = await dev.written(/"url":"([^"]+)"/);
  const version = async (): Promise<unknown> => (await fetch(`${url}/rest/v1/rpc/hello`)).json();
  assert.equal(await version(), "version 1");

  await save(notesBackend.replace("max(20)", "max(-1)").replace("min(1).max(5)", "min(9).max(5)"));
  await dev.written(
    /backend\.ts:5:\d+\n +notes\.slug[\s\S]*backend\.ts:5:\d+\n +notes\.stars[\s\S]*The last good version goes on/,
  );
  assert.equal(await version(), "version 1");

  await save(`${notesBackend}\nthis is no TypeScript(`);
  await dev.written(/backend\.ts:\d+:\d+: [\s\S]*> \d+ \| this is no TypeScript\([\s\S]*The last good version goes on/);
  assert.equal(await version(), "version 1");

  await save(notesBackend.replace("author: text()", "writer: text()").replace("row.author", "row.writer"));
  await dev.written(/The database differs from the new definition:[\s\S]*writer[\s\S]*The last good version goes on/);
  assert.equal(await version(), "version 1");

  await save(notesBackend.replace("version 1", "version 2"));
  const [, again] = await dev.written(/"url":"([^"]+)"/);
  assert.equal(again, url);
  assert.equal(await version(), "version 2");

  dev.process.kill("SIGTERM");
  assert.equal(await dev.ended(), 0);
  await assert.rejects(version());
});

test("dev waits for a first good version", async (t) => {
  const { path } = await backendFolder(t, "export default 1;");
  const port = await freePort();
  const dev = spawnProgram(t, ["dev", path, "--port", String(port)]);
  await dev.written(/must have a back end[\s\S]*Nothing is served\. Waiting for a change/);
  const told = await fetch(`http://localhost:${port}/`);
  assert.equal(told.status, 503);
  assert.match(await told.text(), /must have a back end[\s\S]*waits for a change/);
  await writeFile(`${path}/backend.ts`, notesBackend);
  const [, url] = await dev.written(/"url":"([^"]+)"/);
  assert.equal((await fetch(`${url}/health/ready`)).status, 200);
  dev.process.kill("SIGINT");
  assert.equal(await dev.ended(), 0);
});

test("however fast files are saved, nobody is refused, and the last version is served", async (t) => {
  const { path } = await backendFolder(t);
  const dev = spawnProgram(t, ["dev", path, "--port", "0"], { CHASSIS_LOG_LEVEL: "info" });
  const [, url] = await dev.written(/"url":"([^"]+)"/);
  for (let version = 2; version <= 8; version++) {
    await writeFile(`${path}/backend.ts`, notesBackend.replace("version 1", `version ${version}`));
    // Some versions are given up while they are loaded, some served for a moment.
    await new Promise((resolve) => setTimeout(resolve, version * 30));
  }
  const seen = new Set<unknown>();
  while (!seen.has("version 8")) {
    const answer = await fetch(`${url}/rest/v1/rpc/hello`);
    assert.equal(answer.status, 200);
    seen.add(await answer.json());
  }

  await rm(`${path}/.data`, { recursive: true });
  await dev.written(/chassis\.db was removed\.[\s\S]*"Listening\."/);
  assert.deepEqual(await (await fetch(`${url}/rest/v1/notes`)).json(), []);
  dev.process.kill("SIGTERM");
  assert.equal(await dev.ended(), 0);
});

test("a port that is taken is said before anything else, with who has it", async (t) => {
  const { path, run } = await backendFolder(t);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { code, errors } = await run("dev", path, "--port", String(port));
  assert.equal(code, 1);
  const by = process.platform === "linux" ? ` by process ${process.pid} \\(.*\\)` : "";
  assert.match(errors, new RegExp(`^Port ${port} is taken${by}\\. Stop what runs there, or choose another: PORT=${port + 1}\n$`));
});

test("dev says in a few lines where everything is, and each thing once", async (t) => {
  const definition = (greeting: string): string => `
import { defineBackend, defineSchema, everyone, nobody, query, ref, text } from ${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)};
export default defineBackend(defineSchema({ users: { name: text().min(1) } }), {
  rules: { users: ({ row, me }) => ({ read: everyone, create: row.id.eq(me.id), write: nobody }) },
  functions: { hello: query({ access: everyone }, () => "${greeting}"), hangs: query({ access: everyone }, () => new Promise(() => {})) },
  auth: true,
});
`;
  const { path } = await backendFolder(t, definition("version 1"));
  const save = (text: string) => writeFile(`${path}/backend.ts`, text);
  const dev = spawnProgram(t, ["dev", path, "--port", "0"], { CHASSIS_LOG_FORMAT: "text" });
  const [, url, rest, data, token] = await dev.written(
    /\n {2}Server {4}(http:\S+)\n([^]*) {2}Data {6}(.*)\n\nThere is no administrator yet\..*\n.*token=([\w-]{43})\n/,
  );
  assert.equal(rest, `  Sign-in   ${url}/auth/sign-in\n  API docs  ${url}/docs\n  Mail      ${url}/dev/mailbox\n`);
  assert.equal(data, `${path}/.data`);
  assert.equal((await fetch(`${url}/docs`)).status, 200);
  assert.match(await (await fetch(`${url}/dev/mailbox`)).text(), /No mail yet/);

  // An answer that never comes holds up nobody for long, and what is saved at once after the first one is served.
  const hangs = fetch(`${url}/rest/v1/rpc/hangs`).catch(() => undefined);
  assert.equal(await (await fetch(`${url}/rest/v1/rpc/hello`)).json(), "version 1");
  await save(definition("version 2"));
  const saved = performance.now();
  await dev.written(/^Serves the new version \(\d+ ms\)$/m);
  assert.ok(performance.now() - saved < 9000, "it did not wait as long as a server that is told to end");
  await hangs;
  assert.equal(await (await fetch(`${url}/rest/v1/rpc/hello`)).json(), "version 2");

  await save("export default 1;");
  await dev.written(/The last good version goes on/);
  await save(definition("version 3"));
  await dev.written(/^The mistakes are mended: serves the new version \(\d+ ms\)$/m);
  await save(definition("version 4").replace("write: nobody", "update: nobody"));
  await dev.written(/^Serves the new version \(\d+ ms\)\nWithout a rule, and so out of everybody's reach:\n {2}users: delete\n/m);
  const circle = definition("version 5")
    .replace("{ users: {", '{ hens: { egg: ref("eggs") }, eggs: { hen: ref("hens") }, users: {')
    .replace(
      "rules: {",
      "rules: { hens: () => ({ read: nobody, write: nobody }), eggs: () => ({ read: nobody, write: nobody }),",
    );
  await save(circle);
  await dev.written(/^No first row can be written: hens\.egg needs a row of eggs, and eggs\.hen needs a row of hens\. /m);
  assert.doesNotMatch(dev.text(), /Closing/, "a version that makes way says nothing of it");

  assert.equal(dev.text().split("administrator").length, 2, "said once");
  const claim = await fetch(`${url}/auth/v1/first-admin`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token, email: "a@example.org", password: "correct horse battery", user: { name: "A" } }),
  });
  assert.equal(claim.status, 200, await claim.text());
  dev.process.kill("SIGTERM");
  assert.equal(await dev.ended(), 0);
});

test("dev ends what hears nothing, says that what it served was killed, and serves again after a change", async (t) => {
  const { path } = await backendFolder(t);
  const save = (text: string) => writeFile(`${path}/backend.ts`, text);
  await save(notesBackend.replace('() => "version 1"', '() => { for (;;) if (performance.now() < 0) return ""; }'));
  const dev = spawnProgram(t, ["dev", path, "--port", "0"], { CHASSIS_LOG_LEVEL: "info" });
  const [, stuck] = await dev.written(/"url":"([^"]+)"/);
  // In a loop that never ends it hears nothing; whoever mends that and saves needs not know how to kill it.
  const hangs = fetch(`${stuck}/rest/v1/rpc/hello`).catch(() => undefined);
  await assert.rejects(async () => {
    // What comes before that one may be answered yet.
    for (;;) await fetch(`${stuck}/rest/v1/notes`, { signal: AbortSignal.timeout(1000) });
  }, /Timeout/);
  await save(notesBackend);
  const [, pid] = await dev.written(/"pid":(\d+).*"Listening\."/);
  await hangs;
  process.kill(Number(pid), "SIGKILL");
  await dev.written(/process ended by SIGKILL\.[\s\S]*Nothing is served\. Waiting for a change/);
  await writeFile(`${path}/backend.ts`, notesBackend.replace("version 1", "version 2"));
  const [, url] = await dev.written(/"url":"([^"]+)"/);
  assert.equal(await (await fetch(`${url}/rest/v1/rpc/hello`)).json(), "version 2");
  dev.process.kill("SIGTERM");
  assert.equal(await dev.ended(), 0);
});

test("dev names the change that is neither safe nor in question, and how to make it", async (t) => {
  const { path } = await backendFolder(t);
  const dev = spawnProgram(t, ["dev", path, "--port", "0"], { CHASSIS_LOG_LEVEL: "info" });
  await dev.written(/"Listening\."/);
  await writeFile(`${path}/backend.ts`, notesBackend.replace("body: text().max(100), ", ""));
  await dev.written(/differs from the new definition:\n {2}hide column notes\.body[\s\S]*chassis migrate plan[\s\S]*save again/);
  dev.process.kill("SIGTERM");
  assert.equal(await dev.ended(), 0);
});

test("dev --json writes lines of JSON alone, whatever happens", async (t) => {
  const { path } = await backendFolder(t, "export default 1;");
  const save = (text: string) => writeFile(`${path}/backend.ts`, text);
  const dev = spawnProgram(t, ["dev", path, "--port", "0", "--json"], { CHASSIS_LOG_LEVEL: "info", CHASSIS_LOG_FORMAT: "text" });
  await dev.written(/"trouble":".*must have a back end.*"Nothing is served\. Waiting for a change\."/);
  await save(notesBackend);
  await dev.written(/"url":.*"Listening\."/);
  await save(notesBackend.replace("max(20)", "max(-1)"));
  await dev.written(/"trouble":".*backend\.ts:5:.*"The last good version goes on\. Waiting for a change\."/);
  await save(notesBackend.replace("author: text().optional()", "author: text().optional(), mood: text().optional()"));
  await dev.written(/"steps":\["add column notes\.mood.*"The database was changed\."[^]*"Listening\."/);
  await rm(`${path}/.data`, { recursive: true });
  await dev.written(/"database":".*"The database was removed\."[^]*"Listening\."/);
  dev.process.kill("SIGTERM");
  assert.equal(await dev.ended(), 0);
  for (const line of dev.text().trimEnd().split("\n")) assert.equal(typeof JSON.parse(line).msg, "string", line);
});

test("dev changes the database by itself where that is safe, and goes on with the rows", async (t) => {
  const { path, run, write } = await backendFolder(t);
  const save = (text: string) => writeFile(`${path}/backend.ts`, text);
  assert.equal((await run("import", "notes", await write("n.csv", "slug,body\na,one\n"), path)).code, 0);
  const dev = spawnProgram(t, ["dev", path, "--port", "0"], { CHASSIS_LOG_LEVEL: "info" });
  const [, url] = await dev.written(/"url":"([^"]+)"/);
  await save(notesBackend.replace("author: text().optional()", "author: text().optional(), mood: text().optional().index()"));
  await dev.written(/The database was changed: add column notes\.mood[\s\S]*?"url":/);
  assert.deepEqual(await (await fetch(`${url}/rest/v1/notes?select=slug,mood`)).json(), [{ slug: "a", mood: null }]);

  // What loses something waits for a word; the version that has it goes on.
  await save(notesBackend.replace("body: text().max(100), ", ""));
  await dev.written(/differs from the new definition:[\s\S]*--drop notes\.body[\s\S]*The last good version goes on/);
  assert.deepEqual(await (await fetch(`${url}/rest/v1/notes?select=slug,mood,body`)).json(), [
    { slug: "a", mood: null, body: "one" },
  ]);
  dev.process.kill("SIGTERM");
  assert.equal(await dev.ended(), 0);
});

test("dev asks at a terminal, and forgets its question when a newer version is there", async (t) => {
  const script = requireCommand(t, { names: ["script"], howToGet: "apt-get install bsdutils" });
  if (script === undefined) return;
  const { path, run, write } = await backendFolder(t);
  const save = (text: string) => writeFile(`${path}/backend.ts`, text);
  assert.equal((await run("import", "notes", await write("n.csv", "slug,body\na,one\n"), path)).code, 0);
  const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const command = `exec ${process.execPath} ${program} dev ${path} --port 0`;
  const terminal = spawn(script, ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, CHASSIS_LOG_FORMAT: "json" },
  });
  t.after(async () => {
    if (terminal.exitCode !== null) return;
    const exit = once(terminal, "exit");
    terminal.kill("SIGTERM");
    await exit;
  });
  let text = "";
  let seen = 0;
  terminal.stdout.setEncoding("utf8").on("data", (chunk: string) => void (text += chunk));
  const written = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
      const match = pattern.exec(text.slice(seen));
      if (match !== null) {
        seen += match.index + match[0].length;
        return match;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`Nothing matches ${pattern} in:\n${text}`);
  };
  const [, url] = await written(/"url":"([^"]+)"/);
  await save(notesBackend.replace("body: text().max(100)", "text: text().max(100)"));
  await written(/Is the column 'notes\.text' new, or was it 'body' before\?[\s\S]*1 to 2: /);
  assert.equal((await fetch(`${url}/rest/v1/notes?select=body`)).status, 200);
  await save(notesBackend.replace("body: text().max(100)", "content: text().max(100)"));
  await written(/Is the column 'notes\.content' new, or was it 'body' before\?[\s\S]*1 to 2: /);
  terminal.stdin.write("1\n");
  await written(/rename column notes\.body to content[\s\S]*Change the database so\? \(y\/n\) /);
  terminal.stdin.write("y\n");
  await written(/The database was changed: rename column notes\.body to content[\s\S]*"url":/);
  assert.deepEqual(await (await fetch(`${url}/rest/v1/notes?select=slug,content`)).json(), [{ slug: "a", content: "one" }]);
  // Ctrl-C.
  terminal.stdin.write("\u0003");
  await once(terminal, "exit");
});
