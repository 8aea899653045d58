import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { defineBackend, defineSchema, everyone, text } from "chassis";
import { silentLogger } from "#base";
import { loadConfig } from "#config";
import { createPlatform, type Platform } from "#platform";
import { requireBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../..");
const nonces: string[] = [];
const backend = defineBackend(defineSchema({ notes: { body: text() } }), {
  rules: { notes: () => ({ read: everyone, write: everyone }) },
  routes: (app) => (request) => {
    const { pathname } = new URL(request.url);
    const html = { "content-type": "text/html", "x-app": "1" };
    if (pathname === "/own")
      return new Response("own", {
        headers: { "content-security-policy": "sandbox", "x-frame-options": "DENY", "cache-control": "public, max-age=60" },
      });
    if (pathname === "/cookie") return new Response("cookie", { headers: { "set-cookie": "a=1" } });
    if (pathname === "/tagged") return new Response("tagged", { headers: { etag: '"1"' } });
    if (pathname === "/throws") throw new Error("broken");
    nonces.push(app.nonce(request));
    return new Response(
      `<title>page</title><script nonce="${app.nonce(request)}">document.title += " with"</script><script>document.title += " without"</script>`,
      { headers: html },
    );
  },
});

async function start(settings: Record<string, string>): Promise<{ readonly platform: Platform; readonly origin: string }> {
  const config = loadConfig({ environment: settings, overrides: { port: "0" } });
  const platform = await createPlatform({
    backend,
    config,
    dataDirectory: await temporaryFolder({ after }),
    isDisposable: true,
    logger: silentLogger,
  });
  after(() => platform.close());
  return { platform, origin: await platform.listen() };
}

const plain = await start({ CHASSIS_LIMIT_HEADER_COUNT: "50" });
const secure = await start({ CHASSIS_BASE_URL: "https://site.example", CHASSIS_ALLOWED_HOSTS: "localhost" });
const secureHost = await start({ CHASSIS_BASE_URL: "https://site.example", CHASSIS_STRICT_TRANSPORT: "host" });

/** The table of docs/reference/headers.md. */
const documented = new Map(
  readFileSync(join(root, "docs/reference/headers.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [name = "", own = "", pages = ""] = line
        .slice(2, -2)
        .split(" | ")
        .map((cell) => cell.replaceAll("`", ""));
      return [name, { own, pages }];
    }),
);

/** Every path that the sources give a route of ours, and further ones of each kind. */
const paths = globSync("src/{platform,server}/**/*.ts", { cwd: root })
  .filter((file) => !file.includes(".test.") && !file.includes("testing"))
  .flatMap((file) => [...readFileSync(join(root, file), "utf8").matchAll(/path: "(\/[^"]*)"/g)].map(([, path = ""]) => path));

const ownRequests: readonly (readonly [path: string, init?: RequestInit])[] = [
  ...paths.flatMap((path) => ["GET", "POST", "OPTIONS", "DELETE"].map((method) => [path, { method }] as const)),
  ["/rest/v1/notes"],
  ["/rest/v1/notes", { headers: { accept: "text/csv" } }],
  ["/rest/v1/notes", { method: "POST", headers: { "content-type": "application/json" }, body: '{"body":"x"}' }],
  ["/rest/v1/nothing"],
  ["/rest/v1/notes?nothing=eq.1"],
  ["/rest/v1/notes", { headers: { authorization: "Bearer x.y.z" } }],
  ["/rest/v1/rpc/nothing", { method: "POST" }],
  ["/%61"],
  ["/throws"],
  ["/rest/v1/notes", { headers: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x-${index}`, "1"])) }],
];

function assertCarries(headers: Headers, kind: "own" | "pages", place: string): void {
  for (const name of ["x-content-type-options", "referrer-policy", "x-frame-options", "cross-origin-resource-policy"])
    assert.equal(headers.get(name), documented.get(name)?.[kind], `${place} ${name}`);
  for (const name of ["server", "x-powered-by"]) assert.equal(headers.get(name), null, `${place} ${name}`);
}

describe("44: every answer says how it may be used", () => {
  test("44: those of our own are kept, framed and run by nobody", async () => {
    assert.ok(paths.length >= 5 && paths.includes("/health/live") && paths.includes("/rest/v1"), paths.join(" "));
    const answered = new Set<string>();
    for (const { origin } of [plain, secure]) {
      for (const [path, init] of ownRequests) {
        const response = await fetch(`${origin}${path}`, { redirect: "manual", ...init });
        const place = `${init?.method ?? "GET"} ${path} ${response.status}`;
        const { byteLength } = await response.arrayBuffer();
        // A path of a route that this back end does not have is the app's.
        if (response.headers.has("x-app")) continue;
        answered.add(path);
        if (byteLength > 0) assert.match(response.headers.get("content-type") ?? "", /^[a-z]+\/[\w.+-]+; .*charset=utf-8/, place);
        const isPage = response.headers.get("content-type")?.startsWith("text/html") === true;
        if (isPage) {
          assert.match(
            response.headers.get("content-security-policy") ?? "",
            /^default-src 'none'.*frame-ancestors 'none'/,
            place,
          );
          assert.equal(response.headers.get("permissions-policy"), documented.get("permissions-policy")?.pages, place);
          assert.equal(response.headers.get("cross-origin-opener-policy"), "same-origin", place);
        } else {
          assertCarries(response.headers, "own", place);
          assert.equal(response.headers.get("content-security-policy"), documented.get("content-security-policy")?.own, place);
        }
        const kept = response.headers.get("cache-control");
        assert.equal(kept, response.headers.has("etag") ? "private, no-cache" : "no-store", place);
        const transport = response.headers.get("strict-transport-security");
        assert.equal(transport, origin === secure.origin ? documented.get("strict-transport-security")?.own : null, place);
      }
    }
    assert.ok(
      ["/rest/v1", "/rest/v1/notes", "/health/live", "/health/ready", "/auth/v1/tokens/revoke"].every((path) =>
        answered.has(path),
      ),
      [...answered].join(" "),
    );
  });

  test("44: a refusal on a connection where no request could be read too", async () => {
    const answer = await new Promise<string>((resolve) => {
      let all = "";
      const socket = connect(Number(new URL(secure.origin).port), "localhost", () => socket.write("nonsense\r\n\r\n"));
      socket.on("data", (chunk: Buffer) => (all += chunk.toString())).on("close", () => resolve(all));
    });
    assert.match(answer, /^HTTP\/1\.1 400 /);
    for (const header of [
      "x-content-type-options: nosniff",
      "cache-control: no-store",
      "strict-transport-security: max-age=31536000; includeSubDomains",
    ])
      assert.ok(answer.includes(`${header}\r\n`), header);
  });

  test("44: an app's pages carry theirs, and have the last word", async () => {
    const page = await fetch(`${plain.origin}/`);
    assertCarries(page.headers, "pages", "/");
    for (const name of ["cross-origin-opener-policy", "permissions-policy"])
      assert.equal(page.headers.get(name), documented.get(name)?.pages);
    const policy = page.headers.get("content-security-policy")?.replaceAll(/nonce-[\w-]+/g, "nonce-...");
    const [, written] =
      /```text.*\n(default-src 'self'.*)\n```/.exec(readFileSync(join(root, "docs/reference/headers.md"), "utf8")) ?? [];
    assert.equal(policy, written);
    const own = await fetch(`${plain.origin}/own`, { headers: { cookie: "a=1" } });
    assert.deepEqual(
      ["content-security-policy", "x-frame-options", "cache-control"].map((name) => own.headers.get(name)),
      ["sandbox", "DENY", "public, max-age=60"],
    );
    const { fetch: answer } = secureHost.platform;
    const secured = await answer(new Request("https://site.example/"));
    assert.equal(secured.headers.get("strict-transport-security"), "max-age=31536000");
    assert.match(secured.headers.get("content-security-policy") ?? "", /; upgrade-insecure-requests$/);
  });

  test("44: what was made for somebody is kept by nobody else", async () => {
    const kept = async (path: string, headers: Record<string, string> = {}): Promise<string | null> =>
      (await fetch(`${plain.origin}${path}`, { headers })).headers.get("cache-control");
    assert.equal(await kept("/"), null);
    assert.equal(await kept("/tagged"), null);
    assert.equal(await kept("/", { cookie: "a=1" }), "no-store");
    assert.equal(await kept("/", { authorization: "Bearer x" }), "no-store");
    assert.equal(await kept("/cookie"), "no-store");
    assert.equal(await kept("/tagged", { cookie: "a=1" }), "private, no-cache");
    const written = await fetch(`${plain.origin}/rest/v1/notes?select=id`, {
      method: "POST",
      headers: { "content-type": "application/json", prefer: "return=representation" },
      body: '{"body":"x"}',
    });
    const [{ id }] = (await written.json()) as [{ id: string }];
    const row = await fetch(`${plain.origin}/rest/v1/notes/${id}`);
    assert.equal(row.headers.get("cache-control"), "private, no-cache");
    const again = await fetch(`${plain.origin}/rest/v1/notes/${id}`, {
      headers: { "if-none-match": row.headers.get("etag") ?? "" },
    });
    assert.deepEqual([again.status, again.headers.get("cache-control")], [304, "private, no-cache"]);
  });
});

describe("the nonce of a page", () => {
  test("40: is new for each answer, and never the caller's", async () => {
    nonces.length = 0;
    const policies: string[] = [];
    for (let round = 0; round < 5; round++) {
      const response = await fetch(`${plain.origin}/`, { headers: { "x-content-security-nonce": "forged" } });
      policies.push(response.headers.get("content-security-policy") ?? "");
    }
    assert.equal(new Set(nonces).size, 5);
    for (const [index, nonce] of nonces.entries()) {
      assert.match(nonce, /^[\w-]{22}$/);
      assert.ok(policies[index]?.includes(`'nonce-${nonce}'`));
    }
  });

  test("47: lets the page's own script run in a browser, and no other", async (t) => {
    const browser = await requireBrowser(t);
    if (browser === undefined) return;
    const page = await browser.newPage();
    await page.goto(`${plain.origin}/`);
    assert.equal(await page.title(), "page with");
  });
});
