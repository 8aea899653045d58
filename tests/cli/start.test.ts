import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { backendFolder, notesBackend } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

const quiet = { PORT: "0" };

const withRoutes = (routes: string): string => notesBackend.replace("functions:", `routes: () => ${routes},\n  functions:`);

describe("start", () => {
  test("serves, says where and what is open in one line of JSON, and ends cleanly on SIGTERM", async (t) => {
    const { path } = await backendFolder(t);
    const server = spawnProgram(t, ["start", path], quiet);
    const [line] = await server.written(/\{.*"msg":"Listening\."\}/);
    const { url, database, open } = JSON.parse(line);
    assert.equal(database, `${path}/.data/chassis.db`);
    assert.deepEqual(open, ["notes: read", "function hello"]);
    assert.deepEqual(await (await fetch(`${url}/rest/v1/notes`)).json(), []);
    assert.equal(await (await fetch(`${url}/rest/v1/rpc/hello`)).json(), "version 1");
    server.process.kill("SIGTERM");
    assert.equal(await server.ended(), 0);
    assert.doesNotMatch(server.text(), /\u001b/);
  });

  test("prints lines for people where it is told to", async (t) => {
    const { path } = await backendFolder(t);
    const server = spawnProgram(t, ["start", path], { ...quiet, CHASSIS_LOG_FORMAT: "text" });
    await server.written(/Data API {2}http:\/\/localhost:\d+\/rest\/v1[\s\S]*Open to everyone:\n {2}notes: read/);
    assert.doesNotMatch(server.text(), /\u001b|mailbox/);
  });

  test("answers what is under way when it is told to end", async (t) => {
    const { path } = await backendFolder(
      t,
      // It answers only once the process was told to end.
      withRoutes(`async () => {
        console.log("asked");
        await new Promise((resolve) => process.once("SIGTERM", () => setTimeout(resolve, 100)));
        return new Response("done");
      }`),
    );
    const server = spawnProgram(t, ["start", path], quiet);
    const [, url] = await server.written(/"url":"([^"]+)"/);
    const answer = fetch(`${url}/slow`);
    await server.written(/asked/);
    server.process.kill("SIGTERM");
    assert.equal(await (await answer).text(), "done");
    assert.equal(await server.ended(), 0);
  });

  test("lives on when a function's promise is rejected unheard, and logs it", async (t) => {
    const { path } = await backendFolder(
      t,
      withRoutes('() => { void Promise.reject(new Error("forgotten")); return new Response("fine"); }'),
    );
    const server = spawnProgram(t, ["start", path], quiet);
    const [, url] = await server.written(/"url":"([^"]+)"/);
    assert.equal(await (await fetch(`${url}/`)).text(), "fine");
    await server.written(/forgotten.*nobody was listening/);
    assert.equal(await (await fetch(`${url}/`)).text(), "fine");
  });

  test("lives on when a route throws in a timer, and ends with 1 on an error that is nobody's work", async (t) => {
    const { path } = await backendFolder(
      t,
      withRoutes(`(() => {
        let isOver = false;
        setInterval(() => { if (isOver) throw new Error("thrown away"); }, 5);
        return (request) => {
          if (request.url.endsWith("/over")) isOver = true;
          else setTimeout(() => { throw new Error("thrown late"); }, 1);
          return new Response("fine");
        };
      })()`),
    );
    const server = spawnProgram(t, ["start", path], quiet);
    const [, url] = await server.written(/"url":"([^"]+)"/);
    await (await fetch(`${url}/`)).text();
    await server.written(/thrown late.*the process goes on/);
    assert.equal(await (await fetch(`${url}/over`)).text(), "fine");
    assert.equal(await server.ended(), 1);
    assert.match(server.text(), /thrown away.*the process ends/);
  });

  test("refuses a second process on the same data, which says who has it; a free port and a foreign one", async (t) => {
    const { path, run, write } = await backendFolder(t);
    const server = spawnProgram(t, ["start", path], quiet);
    const [, url] = await server.written(/"url":"([^"]+)"/);
    const second = spawnProgram(t, ["start", path], quiet);
    assert.equal(await second.ended(), 1);
    assert.match(second.text(), new RegExp(`Process ${server.process.pid}, at ${url},`));
    const imported = await run("import", "notes", await write("x.csv", "slug,body\na,b\n"), "-b", path);
    assert.equal(imported.code, 0, imported.errors);
    assert.equal(((await (await fetch(`${url}/rest/v1/notes`)).json()) as unknown[]).length, 1, "the server wrote the row");
    const other = await backendFolder(t);
    const taken = spawnProgram(t, ["start", other.path, "--port", new URL(url ?? "").port]);
    assert.equal(await taken.ended(), 1);
    assert.match(taken.text(), /^Port \d+ is taken\b/m);
  });

  test("refuses settings that are wrong, all at once", async (t) => {
    const { path } = await backendFolder(t);
    const server = spawnProgram(t, ["start", path], { PORT: "x", CHASSIS_LOGLEVEL: "info" });
    assert.equal(await server.ended(), 1);
    assert.match(server.text(), /CHASSIS_LOGLEVEL: there is no such setting; did you mean 'CHASSIS_LOG_LEVEL'\?/);
    assert.match(server.text(), /PORT: must be a whole number/);
  });

  test("a token is revoked at the running server, from the next request on", async (t) => {
    const { path, run } = await backendFolder(t);
    const server = spawnProgram(t, ["start", path], quiet);
    const [, url] = await server.written(/"url":"([^"]+)"/);
    const { output } = await run("token", path, "--user", "ada", "--role", "editor");
    const authorization = `Bearer ${output.trim()}`;
    const create = (slug: string) =>
      fetch(`${url}/rest/v1/notes`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ slug, body: "x" }),
      });
    assert.equal((await create("a")).status, 201);
    const { errors, code } = await run("token", "revoke", output.trim(), "-b", path);
    assert.equal(code, 0);
    assert.match(errors, /from the next request/);
    const refused = await create("b");
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get("www-authenticate") ?? "", /^Bearer/);
    server.process.kill("SIGTERM");
    await server.ended();
    const again = spawnProgram(t, ["start", path], quiet);
    const [, newUrl] = await again.written(/"url":"([^"]+)"/);
    assert.equal((await fetch(`${newUrl}/rest/v1/notes`, { headers: { authorization } })).status, 401);
  });

  test("ends at once on a second signal", async (t) => {
    const { path } = await backendFolder(t, withRoutes('() => { console.log("asked"); return new Promise(() => {}); }'));
    const server = spawnProgram(t, ["start", path], quiet);
    const [, url] = await server.written(/"url":"([^"]+)"/);
    const socket = connect(Number(new URL(url ?? "").port), "127.0.0.1").on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await server.written(/asked/);
    server.process.kill("SIGINT");
    await server.written(/Closing/);
    server.process.kill("SIGINT");
    assert.equal(await server.ended(), 1);
    socket.destroy();
  });
});
