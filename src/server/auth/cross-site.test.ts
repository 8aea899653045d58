import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "#contract";
import type { Exchange } from "../http/exchange.ts";
import { createCrossSite } from "./cross-site.ts";

const cookie = "session";

/** Whether a change is taken from a browser that says its page's origin alone, as they did before `Sec-Fetch-Site`. */
function isTaken(origin: string | undefined, host: string, site: string): boolean {
  const crossSite = createCrossSite({ hasSession: (given) => given === cookie, site: () => site, allowed: [] });
  const headers: Readonly<Record<string, string | undefined>> = { cookie, origin };
  const asked: Pick<Exchange, "method" | "header" | "client"> = {
    method: "POST",
    header: (name) => headers[name],
    client: { address: "192.0.2.1", group: "192.0.2.1", protocol: "http", host },
  };
  try {
    crossSite.checkCookie(asked as Exchange);
    return true;
  } catch (error) {
    assert.ok(error instanceof AppError && error.error === "crossSite", String(error));
    return false;
  }
}

test("43: a page is ours by its whole origin: under another name of ours too, and by TLS where people come by it", () => {
  const site = "https://site.example";
  const cases: readonly (readonly [origin: string | undefined, host: string, taken: boolean])[] = [
    ["https://site.example", "site.example", true],
    ["https://other.example", "other.example", true],
    ["https://other.example:8443", "other.example:8443", true],
    ["http://site.example", "site.example", false],
    ["http://other.example", "other.example", false],
    ["https://evil.example", "site.example", false],
    ["https://site.example:8443", "site.example", false],
    ["https://site.example.evil.example", "site.example", false],
    ["https://a@site.example", "site.example", false],
    ["ftp://site.example", "site.example", false],
    ["null", "site.example", false],
    ["null", "null", false],
    ["", "site.example", false],
    [undefined, "site.example", false],
  ];
  for (const [origin, host, taken] of cases) assert.equal(isTaken(origin, host, site), taken, `${origin} at ${host}`);
  for (const origin of ["http://localhost:4000", "http://127.0.0.1:4000"])
    assert.ok(isTaken(origin, origin.slice("http://".length), "http://localhost:4000"), origin);
});
