import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { DatabaseSync } from "node:sqlite";

// The program of the handler that Chassis is held against: what a careful person would write by hand for these two requests
// alone. Prepared statements, JSON made by SQLite, the rule in the SQL, the token looked up in a Map with the time at which it
// ends. No limits, no grammar, no security headers, no request id, no entity tag, no cancellation, no log.
const [port = "0", path = "", token = "", user = ""] = process.argv.slice(2);

const tokens = new Map([[`Bearer ${token}`, { user, expires: Date.now() + 86_400_000 }]]);
const database = new DatabaseSync(path, { readOnly: true, returnArrays: true });
database.exec("PRAGMA cache_size = -16384");

const review = database.prepare(
  `SELECT json_object('id', id, 'school', school, 'author', author, 'stars', stars, 'body', body, 'hidden', json(iif(hidden, 'true', 'false')),
     'posted', posted, 'created', created, 'updated', updated, 'version', version)
   FROM reviews WHERE id = ? AND (hidden = 0 OR author = ?)`,
);
const list = database.prepare(
  `SELECT json_object('id', r.id, 'stars', r.stars, 'body', r.body, 'posted', r.posted, 'school', json_object('id', s.id, 'name', s.name))
   FROM reviews r JOIN schools s ON s.id = r.school
   WHERE r.stars >= ? AND r.posted < ? AND (r.hidden = 0 OR r.author = ?) ORDER BY r.posted DESC LIMIT ?`,
);

const server = createServer((request, response) => {
  const caller = whoAsks(request);
  const url = request.url ?? "";
  if (caller === undefined) return answer(response, 401, '{"message":"Who are you?"}');
  if (url.startsWith("/reviews/")) {
    const row = review.get(url.slice(9), caller) as unknown as [string] | undefined;
    return row === undefined ? answer(response, 404, '{"message":"There is no such review."}') : answer(response, 200, row[0]);
  }
  if (url.startsWith("/reviews?")) {
    const query = new URLSearchParams(url.slice(9));
    const rows = list.all(Number(query.get("stars")), query.get("before"), caller, Number(query.get("limit"))) as unknown as [
      string,
    ][];
    return answer(response, 200, `[${rows.map(([row]) => row).join(",")}]`);
  }
  return answer(response, 404, '{"message":"There is nothing here."}');
});

function whoAsks(request: IncomingMessage): string | undefined {
  const known = tokens.get(request.headers.authorization ?? "");
  return known === undefined || known.expires < Date.now() ? undefined : known.user;
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

server.keepAliveTimeout = 65_000;
server.listen(Number(port), "127.0.0.1");
process.on("SIGTERM", () => process.exit());
