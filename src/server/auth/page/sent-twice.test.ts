import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../http/exchange.ts";
import { createSentTwice } from "./sent-twice.ts";

const from = (cookie: string): { header(name: string): string | undefined } => ({
  header: (name) => (name === "cookie" ? cookie : undefined),
});
const good = (body: string): Answer => ({ status: 303, headers: {}, body });

test("a form that the same browser sends twice is done once, at once or a moment later; that of another browser by itself", async () => {
  const sentTwice = createSentTwice();
  let done = 0;
  const run = async (): Promise<Answer> => good(String(++done));
  const form = { path: "/auth/link", text: "token=a", isSecret: true };
  const both = await Promise.all([sentTwice(from("a=1"), form, run), sentTwice(from("a=1"), form, run)]);
  assert.deepEqual(
    both.map(({ body }) => body),
    ["1", "1"],
  );
  assert.equal((await sentTwice(from("a=1"), form, run)).body, "1");
  assert.equal((await sentTwice(from("a=2"), form, run)).body, "2");
  assert.equal((await sentTwice(from("a=1"), { ...form, text: "token=b" }, run)).body, "3");
  assert.equal((await sentTwice(from("a=1"), { ...form, path: "/auth/reset" }, run)).body, "4");
  const known = { ...form, isSecret: false };
  for (const body of ["5", "6"]) assert.equal((await sentTwice(from("a=1"), known, run)).body, body, "nobody's secret");
});

test("what did not go well, was given up with its request, or is a stream is done anew", async () => {
  const sentTwice = createSentTwice();
  const form = { path: "/auth/prove", text: "", isSecret: true };
  const outcomes: (Answer | Error)[] = [
    new Error("gone"),
    { ...good("wrong"), status: 403 },
    { ...good(""), body: new ReadableStream<Uint8Array>() },
    good("right"),
  ];
  const run = async (): Promise<Answer> => {
    const next = outcomes.shift();
    if (next instanceof Error || next === undefined) throw next ?? new Error("done once too often");
    return next;
  };
  const [first, second] = await Promise.allSettled([sentTwice(from("a"), form, run), sentTwice(from("a"), form, run)]);
  assert.equal(first.status, "rejected");
  assert.ok(second.status === "fulfilled" && second.value.status === 403);
  assert.ok((await sentTwice(from("a"), form, run)).body instanceof ReadableStream);
  assert.equal((await sentTwice(from("a"), form, run)).body, "right");
  assert.equal((await sentTwice(from("a"), form, run)).body, "right");
});
