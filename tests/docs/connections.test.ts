import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./named-tests.ts";
import { serverSources } from "./sources.ts";

/** How a file opens a connection, or has one opened. */
const opens =
  /(?:await|return) fetch\(|\bfetchSafely\(|\bhttps?Request\(|from "node:(?:dns|tls|dgram|http2)|dns\/promises"|import\("(?:nodemailer|node:net|node:https?)"\)|\bconnect\(\d|fetchImplementation/;

/** What answers, or hands a `fetch` on, and opens no connection of the server's. */
const inside: ReadonlySet<string> = new Set(["src/application/outgoing/fetch-safely.ts", "src/server/http/fetch-bridge.ts"]);

test("docs/reference/connections.md has every file that opens a connection, and no other", () => {
  const page = readFileSync(join(root, "docs/reference/connections.md"), "utf8");
  const documented = [...page.matchAll(/\]\(\.\.\/\.\.\/(src\/[^)]+)\)/g)].map(([, path = ""]) => path);
  const found = serverSources()
    .filter(({ path, text }) => opens.test(text) && !inside.has(path))
    .map(({ path }) => path);
  assert.deepEqual(found.join("\n"), documented.sort().join("\n"));
});
