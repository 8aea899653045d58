import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import type { ClientOptions } from "./call-options.ts";
import { ChassisError } from "./chassis-error.ts";
import type { ApiRequest } from "./request.ts";
import { createTransport, type Transport } from "./transport.ts";

type Act = (response: ServerResponse, request: IncomingMessage) => void;

/** What the server does with one request after the other; the last of them goes on. */
let acts: Act[] = [];
let keys: (string | undefined)[] = [];
let pauses: number[] = [];
let url = "";

const server = createServer((request, response) => {
  keys.push(request.headers["idempotency-key"] as string | undefined);
  request.resume();
  request.on("end", () => (acts.length > 1 ? acts.shift() : acts[0])?.(response, request));
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  acts = [];
  keys = [];
  pauses = [];
});

const answer =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Act =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", "x-request-id": "r-1", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
const refuse = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Act =>
  answer(status, { code, message: "No.", details: null, hint: null }, headers);
const fine = answer(200, [1]);
const drop: Act = (response) => void response.socket?.destroy();
const dropHalfway: Act = (response) => {
  response.writeHead(200, { "content-length": "100" });
  response.write("[");
  setImmediate(() => response.socket?.destroy());
};
const silence: Act = () => {};

const transport = (options: ClientOptions = {}): Transport =>
  createTransport(url, options, {
    random: () => 0.5,
    pause: (milliseconds) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
  });

const read: ApiRequest = { method: "GET", path: "/rest/v1/reviews" };
const write: ApiRequest = { method: "POST", path: "/rest/v1/reviews", body: { stars: 5 }, keyed: true };
const signIn: ApiRequest = { method: "POST", path: "/auth/v1/sign-in", body: {} };

async function failure(work: Promise<unknown>): Promise<ChassisError> {
  const error = await work.then(
    () => assert.fail("It did not fail."),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ChassisError, String(error));
  return error;
}

describe("sent again", () => {
  const passing: readonly (readonly [what: string, act: Act, pause: number])[] = [
    ["a connection that is dropped", drop, 125],
    ["an answer that breaks off", dropHalfway, 125],
    ["a server that is busy", refuse(503, "overloaded"), 125],
    ["an outcome that is not known", refuse(503, "08007"), 125],
    ["what asks for some seconds", refuse(503, "unavailable", { "retry-after": "2" }), 2125],
    ["what is too often, and says for how long", refuse(429, "too_many_requests", { "retry-after": "1" }), 1125],
    ["a proxy without a server", answer(502, "<html>Bad gateway</html>"), 125],
  ];
  for (const [what, act, pause] of passing) {
    test(`a read, after ${what}`, async () => {
      acts = [act, fine];
      assert.deepEqual((await transport().send(read)).body, [1]);
      assert.deepEqual(pauses, [pause]);
    });

    test(`a write under one key, after ${what}`, async () => {
      acts = [act, fine];
      assert.deepEqual((await transport().send(write)).body, [1]);
      assert.equal(keys.length, 2);
      assert.ok(keys[0] !== undefined && keys[0] === keys[1]);
    });

    test(`not a write without a key, after ${what}`, async () => {
      acts = [act, fine];
      await failure(transport().send(signIn));
      assert.equal(keys.length, 1);
    });
  }

  test("no more often than it may, with longer pauses", async () => {
    acts = [drop];
    const { error, cause } = await failure(transport({ retries: 7 }).send(read));
    assert.equal(error, "networkFailed");
    assert.ok(cause instanceof Error);
    assert.deepEqual(pauses, [125, 250, 500, 1000, 2000, 4000, 4000]);
    await failure(transport().send(read));
    assert.equal(pauses.length, 7 + 2);
    await failure(transport().send(read, { retries: 0 }));
    assert.equal(pauses.length, 7 + 2);
  });

  const final: readonly (readonly [what: string, act: Act, error: string])[] = [
    ["what is refused", refuse(403, "42501"), "forbidden"],
    ["a query that takes too long", refuse(503, "57014"), "timeout"],
    ["a batch that is too much whenever it comes", refuse(429, "too_many_requests"), "tooManyRequests"],
    ["what asks for half an hour", refuse(429, "too_many_requests", { "retry-after": "1800" }), "tooManyRequests"],
    ["a page of something else", answer(200, "<html>Hello</html>"), "unreadableAnswer"],
    ["a page that says that there is nothing", answer(404, "<html>No</html>"), "unreadableAnswer"],
    ["JSON of something else", answer(500, { message: "?" }), "unreadableAnswer"],
    ["null", answer(500, null), "unreadableAnswer"],
  ];
  for (const [what, act, name] of final) {
    test(`never ${what}`, async () => {
      acts = [act, fine];
      const error = await failure(transport().send(read));
      assert.equal(error.error, name);
      assert.equal(error.requestId, "r-1");
      assert.deepEqual(pauses, []);
    });
  }
});

describe("an error", () => {
  test("has what the server says", async () => {
    const fields = [{ field: "stars", message: "must be at most 5" }];
    acts = [
      answer(400, {
        code: "validation_failed",
        message: "Some fields are not valid.",
        details: "d",
        hint: "h",
        fields,
        operation: 2,
      }),
    ];
    const error = await failure(transport().send(write));
    assert.deepEqual(
      { ...error },
      {
        name: "ChassisError",
        error: "validationFailed",
        code: "validation_failed",
        status: 400,
        details: "d",
        hint: "h",
        fields,
        operation: 2,
        requestId: "r-1",
      },
    );
  });
});

describe("time", () => {
  test("what does not answer in time is told apart", async () => {
    acts = [silence];
    const error = await failure(transport({ timeout: 20 }).send(read));
    assert.equal(error.error, "noAnswerInTime");
    assert.ok(keys.length <= 1);
  });

  test("what the caller aborts ends in the caller's reason, and is not sent again", async () => {
    acts = [silence];
    const stop = new AbortController();
    const reason = new Error("Gone.");
    const sent = transport().send(write, { signal: stop.signal });
    acts = [(_response) => stop.abort(reason)];
    await assert.rejects(sent, reason);
    assert.deepEqual(pauses, []);
    await assert.rejects(transport().send(read, { signal: stop.signal }), reason);
    assert.equal(keys.length, 1);
  });

  test("a pause ends when the caller does not want to wait", async () => {
    acts = [refuse(503, "overloaded", { "retry-after": "5" })];
    const stop = new AbortController();
    const slow = createTransport(url, {}, undefined);
    const sent = slow.send(read, { signal: stop.signal });
    await new Promise<void>((resolve) => void server.once("request", () => setImmediate(resolve)));
    stop.abort();
    await assert.rejects(sent, { name: "AbortError" });
    const late = await failure(slow.send(read, { timeout: 30 }));
    assert.equal(late.error, "noAnswerInTime");
  });
});

describe("a caller who is nobody", () => {
  test("is found out once, and then has no keys", async () => {
    const nobody = refuse(401, "PGRST302");
    acts = [nobody, fine, fine];
    const own = transport();
    assert.deepEqual((await own.send(write)).body, [1]);
    assert.deepEqual((await own.send(write)).body, [1]);
    assert.deepEqual(
      keys.map((key) => key !== undefined),
      [true, false, false],
    );
    own.forget();
    acts = [fine];
    await own.send(write);
    assert.ok(keys[3] !== undefined);
  });

  test("stays one where the write needs somebody whatever it has", async () => {
    acts = [refuse(401, "PGRST302")];
    assert.equal((await failure(transport().send(write))).error, "signInRequired");
    assert.equal(keys.length, 2);
  });

  test("is not looked for where a token was sent, or a key was given", async () => {
    acts = [refuse(401, "PGRST302")];
    await failure(transport({ token: "t" }).send(write));
    await failure(transport().send(write, { idempotencyKey: "mine" }));
    assert.equal(keys.length, 2);
    assert.equal(keys[1], "mine");
  });

  test("becomes somebody with the next token", async () => {
    const tokens = [undefined, undefined, "t"];
    const own = transport({ token: () => tokens.shift() });
    acts = [refuse(401, "PGRST302"), fine];
    await own.send(write);
    await own.send(write);
    assert.deepEqual(
      keys.map((key) => key !== undefined),
      [true, false, true],
    );
  });
});

test("a number without a value is refused before it is sent, and never null", async () => {
  await assert.rejects(transport().send({ ...write, body: { stars: Number.NaN } }), {
    name: "TypeError",
    message: /'stars' is NaN/,
  });
  assert.deepEqual(keys, []);
});
