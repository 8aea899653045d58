import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { type ErrorBody, errorTable } from "#contract";
import { anyRead, anyWrite } from "../attacks/request-arbitraries.ts";
import { type Person, startProjects } from "../support/live-projects.ts";
import { RawConnection, type RawReply } from "./raw-connection.ts";
import { type WildRequest, wildRequest } from "./wild-requests.ts";
import { propertyRuns } from "../support/property-runs.ts";

/**
 * Whatever is sent: an answer within a bound, never a 500, every error in the one shape and from the one table, nothing of the inside
 * in it, and nothing written by what was refused.
 */
const runs = propertyRuns(500, 2000);
const bound = 5_000;

const failures: { readonly err?: Error }[] = [];
const logger = {
  debug() {},
  info() {},
  warn: (fields: object) => void failures.push(fields),
  error: (fields: object) => void failures.push(fields),
};
const live = await startProjects({ after }, { logger });
const connection = new RawConnection(Number(new URL(live.url).port), bound);
after(async () => connection.close());

const statuses = new Map<string, Set<number>>();
for (const { code, status } of Object.values(errorTable)) statuses.set(code, (statuses.get(code) ?? new Set()).add(status));

/** A stack, SQL, a path of this machine, or the words of a library. */
const inside =
  /\bat \S+ \(|\.[jt]s:\d|node:|node_modules|\/(?:tmp|home|work|usr)\/|SQLITE|sqlite_|SELECT .* FROM|INSERT INTO|json_group|unrecognized token|near ".*": syntax/;

/** What was sent comes back in messages; that is not the server's own word. */
const own = (reply: RawReply, sent: string): string => (inside.test(sent) ? "" : reply.body);

function check(reply: RawReply, request: WildRequest): void {
  const said = `${request.method} ${request.target} ${JSON.stringify(request.headers)} ${request.body?.toString("utf8") ?? ""}\n${reply.status} ${reply.body.slice(0, 500)}`;
  assert.ok(reply.status >= 200 && reply.status < 600, said);
  assert.notEqual(reply.status, 500, `${said}\n${JSON.stringify(failures.at(-1))} ${String(failures.at(-1)?.err?.stack)}`);
  assert.equal(reply.headers.get("x-content-type-options"), "nosniff", said);
  for (const value of reply.headers.values()) assert.doesNotMatch(value, inside, said);
  if (reply.status < 300 || reply.status === 304) return;
  assert.doesNotMatch(own(reply, `${request.target} ${request.body?.toString("utf8") ?? ""}`), inside, said);
  if (request.method === "HEAD") return;
  assert.match(reply.headers.get("content-type") ?? "", /^application\/json/, said);
  const error = JSON.parse(reply.body) as ErrorBody;
  assert.deepEqual(
    Object.keys(error).filter((name) => !["fields", "operation", "row", "line"].includes(name)),
    ["code", "message", "details", "hint"],
    said,
  );
  assert.ok(statuses.get(error.code)?.has(reply.status), said);
  assert.ok(typeof error.message === "string" && error.message.length > 0 && error.message.length < 2_000, said);
  for (const text of [error.details, error.hint])
    assert.ok(text === null || (typeof text === "string" && text.isWellFormed() && text.length < 20_000), said);
  assert.ok(error.fields === undefined || error.code === "validation_failed", said);
}

function bytesOf({ method, target, headers, body }: WildRequest): Buffer {
  const lines = headers.map(
    ([name, value]) => `${name}: ${value.replace(/\b(ann|bob|editor)\b/g, (person) => live.tokens[person as Person])}`,
  );
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`];
  const head = [`${method} ${target} HTTP/1.1`, "Host: localhost", ...lines, ...length].join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "latin1"), body ?? Buffer.alloc(0)]);
}

const isChange = (method: string): boolean => ["POST", "PATCH", "PUT", "DELETE"].includes(method);

/** Sends it, checks the answer, and that what was refused has written nothing. */
async function sendAndCheck(request: WildRequest, before: string): Promise<{ reply: RawReply; sum: string }> {
  const reply = await connection.send(bytesOf(request), request.method === "HEAD");
  check(reply, request);
  if (!isChange(request.method)) return { reply, sum: before };
  const sum = await live.checksum();
  if (reply.status >= 300)
    assert.equal(
      sum,
      before,
      `${request.method} ${request.target} ${request.body?.toString()} was refused with ${reply.body} and wrote`,
    );
  return { reply, sum };
}

test("requests made of garbage get an answer of the table, and those that are refused write nothing", async () => {
  let sum = await live.checksum();
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(wildRequest, async (request) => {
      const { reply, sum: now } = await sendAndCheck(request, sum);
      sum = now;
      seen.set(reply.status, (seen.get(reply.status) ?? 0) + 1);
    }),
    { numRuns: runs },
  );
  // Else all of it would have met one wall.
  for (const status of [200, 400, 401, 404])
    assert.ok((seen.get(status) ?? 0) > 0, `${status} was never answered: ${JSON.stringify([...seen])}`);
});

test("requests in the grammar, for every caller, get an answer of the table", async () => {
  let sum = await live.checksum();
  let good = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 3, arbitrary: anyRead }, { weight: 1, arbitrary: anyWrite }),
      fc.constantFrom<Person | undefined>(undefined, "ann", "bob", "editor"),
      async (call, as) => {
        const request: WildRequest = {
          method: call.method,
          target: `/${call.segments.map(encodeURIComponent).join("/")}?${encodeURI(escapeOnce(call.search))}`,
          headers: [...Object.entries(call.headers), ...(as === undefined ? [] : [["authorization", `Bearer ${as}`] as const])],
          body: call.body === undefined ? undefined : Buffer.from(call.body),
        };
        const { reply, sum: now } = await sendAndCheck(request, sum);
        assert.equal(now, sum, "a change that is rolled back is none");
        sum = now;
        if (reply.status < 300) good += 1;
      },
    ),
    { numRuns: runs },
  );
  assert.ok(good > runs / 10, `only ${good} of ${runs} were good ones`);
});

/** The arbitraries write some parts percent-encoded and leave the rest to whoever sends them. */
function escapeOnce(search: string): string {
  return search.replaceAll(/%[0-9A-Fa-f]{2}/g, (code) => decodeURIComponent(`%25${code.slice(1)}`));
}

test("bytes that are no HTTP are answered 400 or closed, and the server lives", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc
          .uint8Array({ minLength: 1, maxLength: 200 })
          // Empty lines before a request are passed over (RFC 9112 section 2.2): nothing else comes, and the time for headers runs.
          .filter((bytes) => bytes.some((byte) => byte !== 10 && byte !== 13))
          .map((bytes) => Buffer.concat([Buffer.from(bytes), Buffer.from("\r\n\r\n")])),
        fc
          .tuple(
            fc.constantFrom(
              "GET / HTTP/1.1",
              "GET /rest/v1/users HTTP/1.1",
              "POST /rest/v1/messages HTTP/1.1",
              "GET / HTTP/9.9",
              "GET /",
            ),
            fc.array(
              fc.constantFrom(
                "Host: localhost",
                "Host:",
                "Host : a",
                " folded",
                "X: \u0001",
                "Content-Length: -1",
                "Content-Length: 1e3",
                "Content-Length: 5, 5",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: chunked, identity",
                ": x",
                "x",
                "Content-Length: 0",
                "A: b\nC: d",
              ),
              { maxLength: 3 },
            ),
          )
          .map(([first, lines]) =>
            Buffer.from(`${[first, ...lines, "Connection: close"].join("\r\n")}\r\n\r\n0\r\n\r\n`, "latin1"),
          ),
      ),
      async (bytes) => {
        const answer = await live.raw(bytes);
        assert.doesNotMatch(answer, /^HTTP\/1\.1 5|no answer/, bytes.toString("latin1"));
        if (answer !== "" && !answer.startsWith("[")) assert.match(answer, /^HTTP\/1\.1 [24]\d\d /, bytes.toString("latin1"));
      },
    ),
    { numRuns: Math.ceil(runs / 6) },
  );
  assert.equal((await live.ask("/users?limit=1")).status, 200);
  assert.deepEqual(failures, []);
});
