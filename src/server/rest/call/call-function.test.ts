import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, type ErrorName } from "#contract";
import { asObject, type Implementation, prefer, type Sent, send } from "../rest-testing.ts";

const integers =
  (...names: string[]) =>
  (input: unknown) => {
    const given = input as Record<string, unknown>;
    const fields = names
      .filter((name) => !Number.isInteger(given[name]))
      .map((field) => ({ field, message: "must be a whole number" }));
    if (fields.length > 0) throw new AppError("validationFailed", { fields });
    return names.reduce((sum, name) => sum + Number(given[name]), 0);
  };

const functions: Readonly<Record<string, Implementation>> = {
  echo: { type: "query", run: (input) => input },
  add: { type: "query", run: integers("a", "b") },
  list: {
    type: "query",
    run: () => [
      { id: 1, x: null },
      { id: 2, x: [null] },
    ],
  },
  none: { type: "query", run: () => [] },
  onlyNull: {
    type: "query",
    run(input) {
      const { a } = input as { a: unknown };
      if (a !== null) throw new AppError("validationFailed", { fields: [{ field: "a", message: "must be null" }] });
      return [a];
    },
  },
  nothing: { type: "mutation", run: () => undefined },
  change: { type: "mutation", run: () => [{ id: 1 }, { id: 2 }] },
  plus: {
    type: "query",
    run(input) {
      const { list } = input as { list: unknown };
      if (!Array.isArray(list))
        throw new AppError("validationFailed", { fields: [{ field: "list", message: "must be a list" }] });
      const fields = list.flatMap((item, index) =>
        typeof item === "number" ? [] : [{ field: `list.${index}`, message: "must be a number" }],
      );
      if (fields.length > 0) throw new AppError("validationFailed", { fields });
      return list.map((item) => Number(item) + 1);
    },
  },
};

const calls: readonly (readonly [url: string, sent: Sent, status: number, body: string | undefined, range?: string])[] = [
  ["rpc/echo?a=1&b=x+y&c=1&c=2", {}, 200, '{"a":"1","b":"x y","c":["1","2"]}', "0-0/*"],
  ["rpc/add?a=1&b=2", {}, 200, "3"],
  ["rpc/add", { method: "POST", body: '{"a":1,"b":2}' }, 200, "3"],
  ["rpc/onlyNull?a=null", {}, 200, "[null]"],
  ["rpc/plus?list={1,2,3}", {}, 200, "[2,3,4]"],
  ["rpc/plus?list=[1,2]", {}, 200, "[2,3]"],
  ["rpc/plus?list=1&list=2", {}, 200, "[2,3]"],
  ["rpc/echo", { method: "POST", body: "" }, 200, "{}"],
  ["rpc/echo", { method: "POST", body: "[1,null]" }, 200, "[1,null]"],
  ["rpc/echo", { method: "POST", body: "x y", headers: { "content-type": "text/plain" } }, 200, '"x y"'],
  [
    "rpc/echo",
    { method: "POST", body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
    200,
    '{"a":"1"}',
  ],
  ["rpc/list", {}, 200, '[{"id":1,"x":null},{"id":2,"x":[null]}]', "0-1/*"],
  ["rpc/list?limit=1&offset=1", {}, 200, '[{"id":2,"x":[null]}]', "1-1/*"],
  ["rpc/list", { headers: { range: "0-0", prefer: "count=exact" } }, 206, '[{"id":1,"x":null}]', "0-0/2"],
  ["rpc/list", { headers: { accept: "application/vnd.pgrst.array+json;nulls=stripped" } }, 200, '[{"id":1},{"id":2,"x":[null]}]'],
  ["rpc/list", { headers: { accept: "text/csv" } }, 200, "id,x\n1,\n2,[null]\n"],
  ["rpc/add?a=1&b=2", { headers: { accept: "text/csv" } }, 200, "add\n3\n"],
  ["rpc/add?a=1&b=2", { headers: asObject }, 200, "3"],
  ["rpc/none", {}, 200, "[]", "*/*"],
  ["rpc/nothing", { method: "POST" }, 204, undefined],
];

for (const [url, sent, status, body, range] of calls) {
  test(`${sent.method ?? "GET"} ${url} calls the function`, async () => {
    const { answer } = await send(url, sent, { functions });
    assert.equal(answer.status, status);
    assert.equal(answer.body, body);
    if (range !== undefined) assert.equal(answer.headers["content-range"], range);
  });
}

const badCalls: readonly (readonly [url: string, sent: Sent, error: ErrorName])[] = [
  ["rpc/unknown", {}, "unknownFunction"],
  ["rpc/constructor", {}, "unknownFunction"],
  ["rpc/nothing", {}, "functionMethodNotAllowed"],
  ["rpc/echo", { method: "DELETE" }, "functionMethodNotAllowed"],
  ["rpc/add?a=1&b=x", {}, "validationFailed"],
  ["rpc/add?a=1", {}, "validationFailed"],
  ["rpc/list?select=id", {}, "notSupported"],
  ["rpc/list?id=eq.1", { method: "POST" }, "notSupported"],
  ["rpc/list", { headers: asObject }, "singleRowExpected"],
  ["rpc/change", { method: "POST", headers: { prefer: "handling=strict,max-affected=1" } }, "maxAffectedExceeded"],
  ["rpc/echo", { method: "POST", body: "{" }, "invalidBody"],
];

for (const [url, sent, error] of badCalls) {
  test(`${sent.method ?? "GET"} ${url} is ${error}`, () => assert.rejects(send(url, sent, { functions }), { error }));
}

test("an unknown function is answered with the one that was meant, if the caller may call it", async () => {
  const missing = async (name: string) => {
    try {
      return await send(`rpc/${name}`, {}, { functions });
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.equal(await missing("ecko"), "There is no function 'ecko', or you may not call it; did you mean 'echo'?");
  assert.equal(await missing("nowhere"), "There is no function 'nowhere', or you may not call it.");
});

test("OPTIONS of a function says what it takes", async () => {
  const allow = async (name: string) => (await send(`rpc/${name}`, { method: "OPTIONS" }, { functions })).answer.headers["allow"];
  assert.equal(await allow("add"), "OPTIONS,GET,HEAD,POST");
  assert.equal(await allow("change"), "OPTIONS,POST");
});

test("a call can be tried without being committed", async () => {
  const { calls: options } = await send("rpc/change", { method: "POST", ...prefer("tx=rollback") }, { functions });
  assert.equal(options[0]?.dryRun, true);
});
