import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import type { Scope } from "../support/temporary-folder.ts";
import type { Site } from "./pathways-site.ts";
import { SiteLog } from "./site-log.ts";

const page = (body: string): string => `<!doctype html><html><head><title>Calibration</title></head><body>${body}</body></html>`;

/**
 * A site that is made to be broken into, on loopback: SQL put together from text, a page that says unescaped what it was told, a
 * folder that lists its files, and connections that may wait for ever and crowd out everybody else. A scanner that finds nothing
 * here would find nothing anywhere.
 */
export async function startVulnerableSite(t: Scope): Promise<Site> {
  const log = new SiteLog();
  const database = new DatabaseSync(":memory:");
  database.exec(
    "CREATE TABLE schools (name TEXT, country TEXT); INSERT INTO schools VALUES ('abc', 'nl'), ('abd', 'de'), ('xyz', 'fr')",
  );
  const answers: Readonly<Record<string, (parameters: URLSearchParams) => string>> = {
    "/": () => page('<a href="/hello?name=a">hello</a> <a href="/search?word=a">search</a>'),
    "/schools": () => page("the control of the word list"),
    "/.git/": () => page('<h1>Index of /.git/</h1><a href="HEAD">HEAD</a> <a href="config">config</a>'),
    "/hello": (parameters) => page(`<p>Hello ${parameters.get("name") ?? ""}</p>`),
    "/search": (parameters) => {
      const rows = database.prepare(`SELECT name FROM schools WHERE name LIKE '${parameters.get("word") ?? ""}%'`).all();
      return page(rows.map((row) => `<p>${String(row["name"])}</p>`).join(""));
    },
  };
  const server = createServer({ headersTimeout: 0, requestTimeout: 0 }, (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    let status = 404;
    let body = page("Not found");
    try {
      const answer = answers[url.pathname];
      if (answer !== undefined) [status, body] = [200, answer(url.searchParams)];
    } catch (error) {
      [status, body] = [500, page(String(error))];
    }
    log.read(`${JSON.stringify({ level: "debug", status })}\n`);
    response.writeHead(status, { "content-type": "text/html" }).end(body);
  });
  server.maxConnections = 40;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    database.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { target: { origin, headers: {}, signedIn: undefined }, log, probe: "/", fingerprint: async () => "" };
}
