import assert from "node:assert/strict";
import { test } from "node:test";
import { backendFolder, notesBackend } from "../support/backend-folder.ts";
import { spawnProgram } from "../support/child-server.ts";

let marks = 0;
/** A secret like nothing else in the log; some are as tokens in links are. */
const mark = (): string => `MarkedSecret${++marks}aB3dE5fG7hJ9kL`;

const routes = `(app) => async (request) => {
  const { pathname, searchParams } = new URL(request.url);
  const authorization = request.headers.get("authorization");
  const cookie = request.headers.get("cookie");
  if (pathname === "/logs") app.logger.info({ request: { headers: { authorization, cookie } }, form: await request.json(), url: request.url }, "Got " + request.url);
  if (pathname === "/fails") throw Object.assign(new Error("Could not: Authorization: " + authorization), { config: { headers: { cookie } }, cause: new Error("token=" + searchParams.get("token")) });
  return new Response("fine");
}`;

for (const format of ["json", "text"]) {
  test(`no secret of a request is in the log (${format})`, async (t) => {
    marks = 0;
    const { path, run } = await backendFolder(t, notesBackend.replace("functions:", `routes: ${routes},\n  functions:`));
    const passphrase = mark();
    const server = spawnProgram(t, ["start", path], {
      PORT: "0",
      CHASSIS_LOG_FORMAT: format,
      CHASSIS_LOG_LEVEL: "debug",
      CHASSIS_BACKUP_TO: `${path}/kept`,
      CHASSIS_BACKUP_PASSPHRASE: passphrase,
    });
    const [url = ""] = await server.written(/http:\/\/localhost:\d+/);
    const token = (await run("token", "create", path, "--user", "u", "--role", "editor")).output.trim();
    const secrets = [passphrase, token, token.split(".")[2] ?? ""];
    const secret = (): string => {
      const made = mark();
      secrets.push(made);
      return made;
    };
    const ask = async (address: string, init: RequestInit = {}): Promise<void> =>
      void (await (await fetch(`${url}${address}`, init)).text());
    const everywhere = (): Record<string, string> => ({
      authorization: `Bearer ${secret()}`,
      cookie: `session=${secret()}; token=${secret()}`,
      "x-api-key": secret(),
      "idempotency-key": secret(),
      "x-request-id": "fine",
    });
    await ask("/rest/v1/notes", { headers: { authorization: `Bearer ${token}` } });
    await ask(`/rest/v1/notes?body=eq.${secret()}&token=${secret()}`);
    await ask(`/reset/${secret()}`, { headers: everywhere() });
    await ask(`/page?access_token=${secret()}&code=${secret()}`, { headers: everywhere() });
    for (const method of ["POST", "PATCH"])
      await ask("/rest/v1/notes", {
        method,
        headers: { ...everywhere(), "content-type": "application/json" },
        body: JSON.stringify({ body: secret(), password: secret() }),
      });
    await ask("/logs", {
      method: "POST",
      headers: everywhere(),
      body: JSON.stringify({ password: secret(), nested: [{ newPassword: secret(), client_secret: secret() }] }),
    });
    await ask(`/logs?token=${secret()}`, { method: "POST", headers: everywhere(), body: "{}" });
    await ask(`/fails?token=${secret()}`, { headers: everywhere() });
    await ask(`/fails?reset_token=${secret()}`, {
      headers: { authorization: `Basic ${Buffer.from(`u:${secret()}`).toString("base64")}` },
    });
    await ask("/auth/v1/tokens/revoke", { method: "POST", headers: everywhere(), body: JSON.stringify({ token }) });
    server.process.kill("SIGTERM");
    await server.ended();
    const log = server.text();
    // The lines are there, without them.
    for (const expected of [/Answered/, /Got http/, /Could not/, /\/fails/, /\[redacted\]/]) assert.match(log, expected);
    assert.ok(secrets.length > 30);
    for (const [index, each] of secrets.entries())
      assert.ok(
        !log.includes(each),
        `secret ${index} is in: ${log.slice(Math.max(0, log.indexOf(each) - 300), log.indexOf(each) + 60)}`,
      );
  });
}
