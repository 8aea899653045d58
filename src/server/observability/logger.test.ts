import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { Writable } from "node:stream";
import { test } from "node:test";
import { promisify } from "node:util";
import { createLogger } from "./logger.ts";

function collector(): { stream: Writable; text: () => string } {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}

test("text lines have level, message and fields, without colours where nobody looks", async () => {
  const { stream, text } = collector();
  const logger = await createLogger({ level: "info", format: "text", stream });
  logger.debug({ a: 1 }, "hidden");
  logger.info({ path: "/a\n\u001b[2Jb", cookie: "c", count: 2 }, "Answered.");
  logger.error({ err: new Error("outer", { cause: new Error("inner") }) }, "Failed.");
  assert.match(text(), /^\d\d:\d\d:\d\d\.\d{3} info {2}Answered\. path=\/a\\u000a\\u001b\[2Jb cookie=\[redacted\] count=2\n/);
  assert.match(text(), /error Failed\.\n {4}Error: outer[\s\S]*inner/);
  assert.doesNotMatch(text(), /hidden/);
});

test("a stream that fails is counted and survived", async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error("ENOSPC")) });
  const logger = await createLogger({ level: "info", format: "text", stream });
  logger.info({}, "lost");
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(logger.lostLines(), 1);
});

test("JSON lines are one object each, with levels by name, errors serialised and secrets left out", async () => {
  const script = `
    import { createLogger } from ${JSON.stringify(new URL("./logger.ts", import.meta.url).href)};
    const logger = await createLogger({ level: "info", format: "json", stream: process.stderr });
    logger.debug({}, "hidden");
    logger.info({ authorization: "Bearer x", headers: { cookie: "y" }, requestId: "r" }, "hello");
    logger.error({ err: new Error("broken") }, "failed");
    logger.flush();`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  const [first, second, ...others] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(others, []);
  assert.equal(first.level, "info");
  assert.equal(first.msg, "hello");
  assert.equal(first.requestId, "r");
  assert.match(first.time, /^\d{4}-.*Z$/);
  assert.doesNotMatch(JSON.stringify(first), /Bearer|"y"/);
  assert.equal(second.err.message, "broken");
});

test("no value and no message forges a line, in either form; what looks like a format is text", async () => {
  const forged = 'x\n{"level":"info","msg":"forged"}\r\n12:00:00.000 info  forged %s %d %o %j';
  const { stream, text } = collector();
  const logger = await createLogger({ level: "info", format: "text", stream });
  logger.info({ path: forged, [`name${forged}`]: 1 }, "Before %s %d.");
  logger.info({}, forged);
  const script = `
    import { createLogger } from ${JSON.stringify(new URL("./logger.ts", import.meta.url).href)};
    const forged = ${JSON.stringify(forged)};
    const logger = await createLogger({ level: "info", format: "json", stream: process.stderr });
    logger.info({ path: forged, ["name" + forged]: 1 }, "Before %s %d.");
    logger.info({}, forged);
    logger.flush();`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  for (const written of [text(), stdout]) {
    assert.equal(written.trimEnd().split(/[\n\r]/).length, 2, written);
    assert.match(written, /Before %s %d\.[^]*forged %s %d %o %j/);
  }
});
