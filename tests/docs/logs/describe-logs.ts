import { escapeCell } from "../named-tests.ts";
import { sources } from "../sources.ts";

interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly path: string;
}

/** `logger.warn({ ... }, "What is said.")`, and what stands in its place where a logger has another name. */
const call = /\b(?:logger|log)\??\.(debug|info|warn|error)\(/g;

/** Each line that the server can log, as it stands in the sources. */
export function logLines(): readonly LogLine[] {
  return sources().flatMap(({ path, text }) => [
    ...(path === eventsFile ? events(text) : []),
    ...[...text.matchAll(call)].flatMap((found) => {
      const [level = ""] = found.slice(1);
      const message = lastText(argumentsOf(text, found.index + found[0].length));
      // What only hands on what somebody else says has no text of its own.
      return message === undefined ? [] : [{ level, message, path }];
    }),
  ]);
}

/** Where the lines of one function stand in a table of their own. */
const eventsFile = "src/application/auth/auth-log.ts";

function events(text: string): readonly LogLine[] {
  return [...text.matchAll(/^ {2}"\w+\.\w+": "(.*)",$/gm)].map(([, message = ""]) => ({
    level: "info",
    message,
    path: eventsFile,
  }));
}

function argumentsOf(text: string, start: number): string {
  let depth = 1;
  let end = start;
  for (; end < text.length && depth > 0; end++) {
    if (text[end] === "(") depth++;
    if (text[end] === ")") depth--;
  }
  return text.slice(start, end - 1);
}

function lastText(written: string): string | undefined {
  const texts = [...written.matchAll(/"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map(
    ([, plain, template]) => plain ?? template ?? "",
  );
  return texts.findLast((each) => each.includes(" "))?.replaceAll(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, "…");
}

/** docs/reference/logs.md, which a test holds to the sources. */
export function describeLogs(): string {
  const levels = ["error", "warn", "info", "debug"];
  const rows = logLines()
    .map(({ level, message, path }) => ({
      level,
      row: `| ${level} | ${escapeCell(message)} | [${path.split("/").at(-1)}](../../${path}) |`,
    }))
    .sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level) || (one.row < other.row ? -1 : 1))
    .map(({ row }) => row);
  return [...prose, ...new Set(rows), ""].join("\n");
}

const prose = [
  "# Logs",
  "",
  "What is written down of what happens, where, for whom, and for how long.",
  "",
  "| log | what is in it | where it goes | who can read it | how long |",
  "|---|---|---|---|---|",
  "| the server's | the lines below, and those that the app's own code writes by its `logger` | standard output, and nowhere else | whoever runs the server, and whatever takes its output | as long as whatever takes it keeps it |",
  "| [the audit log](audit.md) | every change of the tables with `audit: true`, with its author and request | the database | whoever has the data directory; `chassis audit` | always: nothing leaves it |",
  "| jobs | what became of each, with its last error | the database | `chassis jobs`, the app's own code as the system | done ones go at once, others by `CHASSIS_JOBS_KEEP_FAILED` and `CHASSIS_JOBS_KEEP_CANCELLED` |",
  "| webhooks | each attempt: time, status, the beginning of the answer | the database | `chassis webhooks`, the app's own code | `CHASSIS_WEBHOOKS_KEEP` |",
  "",
  "## A line",
  "",
  "One JSON object with `CHASSIS_LOG_FORMAT=json` and wherever the output is no terminal: `level`, `time` (UTC, ISO 8601, to the millisecond), `msg`, and what the line is about. Of a request: `requestId`, which the answer has as `x-request-id` and the audit log as its own, `client` (the address, behind a [trusted proxy](../learn/behind-a-proxy.md) the one that it says), `method`, `path`, and `callerRequestId` where the caller sent one. Never its query, its body or its headers.",
  "",
  "Who asked stands beside it once that is known: `user`, and `session` or `key` by which they came (a token of `chassis token` has neither), all of them ids: of an account no address and no name. Where an administrator acts as somebody, `user` is that one, and `impersonator` the administrator. Of an app's own routes the line says it where they ask by `app.as(request)`.",
  "",
  "Values under names that give a secret away, and the forms of tokens, passwords and keys inside text, are replaced by `[redacted]`, in the app's own lines too. Line breaks in a value are escaped, so that no value can be taken for a line.",
  "",
  "The times of several machines are those of their clocks: keep them by NTP. `chassis check --deploy` says where a clock is behind.",
  "",
  "## What to watch for",
  "",
  "Each attempt to get in, and each change of what lets somebody in, is a line (`Somebody gave their password.` and the like) with its `event`, who it was where that is known, `client`, `requestId`, and `refused` with the code where it did not go well.",
  "",
  "`A request was refused.` is said of each answer with 401, 403, 421 and 429, with its `code`: `wrong_credentials` and `wrong_code` are guesses, `too_many_requests` and many of them at once an attack, `cross_site` a page of a stranger, `42501` somebody who tries what they may not. Of a flood at most a hundred lines are written at once and then two in a second; `omitted` says how many were left out. What somebody may not see is answered as what is not there (404), and is no line at the level `info`.",
  "",
  "With `CHASSIS_LOG_LEVEL=debug` every request is a line, with its status and time.",
  "",
  "## Lines",
  "",
  "`…` is a value.",
  "",
  "| level | line | from |",
  "|---|---|---|",
];
