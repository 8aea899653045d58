import assert from "node:assert/strict";
import { test } from "node:test";
import { type Logger, silentLogger } from "#base";
import { AppError, type ErrorName } from "#contract";
import { RefusalLog } from "./refusal-log.ts";
import type { Incoming } from "./incoming.ts";

const incoming = {
  requestId: "r",
  client: { address: "192.0.2.1" },
  method: "POST",
  segments: ["auth", "v1", "sign-in"],
  header: () => undefined,
  told: { user: "u1" },
} as unknown as Incoming;

function watch(): { readonly log: RefusalLog; readonly lines: Record<string, unknown>[]; readonly clock: { time: number } } {
  const lines: Record<string, unknown>[] = [];
  const clock = { time: 5_000_000 };
  const logger: Logger = { ...silentLogger, info: (fields, message) => void lines.push({ ...fields, message }) };
  return { log: new RefusalLog(logger, { now: () => 0, monotonic: () => clock.time }), lines, clock };
}

test("who was not let in, not allowed, or asked too often is told with where they came from; other mistakes are not", () => {
  const { log, lines } = watch();
  const names: readonly ErrorName[] = ["wrongCredentials", "forbidden", "misdirected", "tooManyRequests", "notFound", "internal"];
  for (const name of names) log.note(incoming, new AppError(name));
  assert.deepEqual(
    lines.map(({ code }) => code),
    ["wrong_credentials", "42501", "misdirected_request", "too_many_requests"],
  );
  assert.deepEqual(lines[0], {
    requestId: "r",
    client: "192.0.2.1",
    method: "POST",
    path: "/auth/v1/sign-in",
    user: "u1",
    status: 401,
    code: "wrong_credentials",
    message: "A request was refused.",
  });
});

test("of a flood some lines are told, and how many were left out", () => {
  const { log, lines, clock } = watch();
  for (let count = 0; count < 5000; count++) log.note(incoming, new AppError("tooManyRequests"));
  assert.equal(lines.length, 100);
  clock.time += 500;
  for (let count = 0; count < 10; count++) log.note(incoming, new AppError("tooManyRequests"));
  assert.equal(lines.length, 101);
  assert.equal(lines.at(-1)?.["omitted"], 4900);
  clock.time += 3_600_000;
  for (let count = 0; count < 5000; count++) log.note(incoming, new AppError("tooManyRequests"));
  assert.equal(lines.length, 201, "and after an hour no more at once than at first");
});
