import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, test } from "node:test";
import { type Logger, silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform } from "#platform";
import backend from "../../examples/quickstart/backend.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const lines: (object & { readonly message?: string | undefined })[] = [];
const logger: Logger = { ...silentLogger, info: (fields, message) => void lines.push({ ...fields, message }) };
const platform = await createPlatform({
  backend,
  config: loadConfig({ environment: {}, overrides: { port: "0" } }),
  dataDirectory: await temporaryFolder({ after }),
  isDisposable: true,
  logger,
});
after(() => platform.close());
const url = await platform.listen();

test("a server serves no file and lists no folder, whatever lies beside the back end", async () => {
  for (const path of [
    "/",
    "/.git/",
    "/.git/config",
    "/.env",
    "/.data",
    "/.data/token-secret",
    "/backend.ts",
    "/package.json",
    "/node_modules/",
    "/src/",
    "/docs/README.md",
    "/metrics",
    "/debug",
    "/admin",
    "/dev/mailbox",
    "/health",
  ]) {
    const response = await fetch(url + path);
    const { code } = (await response.json()) as { code: string };
    assert.deepEqual([response.status, code], [404, "PGRST125"], path);
  }
  // What is there for whoever watches the server tells of nothing but that it is there.
  for (const path of ["/health/live", "/health/ready"])
    assert.deepEqual(await (await fetch(url + path)).json(), { status: "ok" });
  // The reference is a page for everyone, and names nothing by itself: what it shows is what the document gives to whoever looks.
  const reference = await fetch(`${url}/docs`);
  assert.deepEqual([reference.status, reference.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assert.doesNotMatch(await reference.text(), /books|rest\/v1/);
});

test("TRACE repeats nothing of a request", async () => {
  for (const path of ["/", "/rest/v1/books", "/health/live"]) {
    const answer = await new Promise<string>((resolve, reject) => {
      let all = "";
      const socket = connect(Number(new URL(url).port), "localhost", () =>
        socket.write(
          `TRACE ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: marked-cookie\r\nX-Marked: marked-header\r\nConnection: close\r\n\r\n`,
        ),
      );
      socket
        .on("data", (chunk: Buffer) => (all += chunk.toString()))
        .on("close", () => resolve(all))
        .on("error", reject);
    });
    assert.match(answer, /^HTTP\/1\.1 (?:400|404|405|501) /, path);
    assert.doesNotMatch(answer, /marked|message\/http/, path);
  }
});

test("who is refused is in the log, with where they came from and without what they sent", async () => {
  lines.length = 0;
  await fetch(`${url}/rest/v1/books?title=eq.marked`, { headers: { authorization: "Bearer marked.marked.marked" } });
  await fetch(`${url}/rest/v1/nothing`);
  const told = lines.filter(({ message }) => message === "A request was refused.");
  assert.equal(told.length, 1);
  const { requestId, ...rest } = told[0] as { requestId?: string };
  assert.match(requestId ?? "", /^[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    client: "127.0.0.1",
    method: "GET",
    path: "/rest/v1/books",
    status: 401,
    code: "PGRST301",
    message: "A request was refused.",
  });
});
