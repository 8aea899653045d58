import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Logger } from "#base";
import { loadConfig } from "#config";
import { listAudit } from "#database";
import { createPlatform, type Platform } from "#platform";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import backend from "./backend.ts";

const backendFile = fileURLToPath(new URL("backend.ts", import.meta.url));
const logged: { readonly level: string; readonly fields: Readonly<Record<string, unknown>>; readonly message?: string }[] = [];
const note =
  (level: string): Logger["info"] =>
  (fields, message) =>
    void logged.push({ level, fields: { ...fields }, ...(message === undefined ? {} : { message }) });
const logger: Logger = { debug() {}, info: note("info"), warn: note("warn"), error: note("error") };

const ends: (() => unknown)[] = [];
const scope = { after: (end: () => unknown): void => void ends.push(end) };
let platform: Platform;
let dataDirectory: string;

const open = (): Promise<Platform> =>
  createPlatform({
    backend,
    backendFile,
    config: loadConfig({ environment: { CHASSIS_SHUTDOWN_TIMEOUT: "1s" } }),
    dataDirectory,
    logger,
  });

before(async () => {
  dataDirectory = await temporaryFolder(scope);
  platform = await open();
});

after(async () => {
  await platform.close();
  for (const end of ends) await end();
});

async function ask(path: string, body?: unknown): Promise<unknown> {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const request = new Request(`http://localhost/rest/v1/${path}`, body === undefined ? {} : post);
  const response = await platform.fetch(request);
  assert.ok(response.ok, await response.clone().text());
  return response.json();
}

const begin = async (job: string, input?: unknown): Promise<number> => Number(await ask("rpc/begin", { job, input }));

async function until<T>(find: () => Promise<T | undefined>, what: string): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    assert.ok(performance.now() < deadline, `${what}: ${JSON.stringify(logged.slice(-5))}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

type Row = readonly [state: string, attempt: number, error: string | null];

const rowOf = async (id: number): Promise<Row | undefined> =>
  (await platform.database.get("SELECT state, attempt, error FROM _chassis_jobs WHERE id = ?", [id])) as Row | undefined;

const gone = (id: number): Promise<boolean> =>
  until(async () => (await rowOf(id)) === undefined || undefined, `job ${id} is done`);

const failed = (id: number): Promise<Row> =>
  until(async () => {
    const row = await rowOf(id);
    return row?.[0] === "failed" ? row : undefined;
  }, `job ${id} fails`);

const threads = (): number => (process.report.getReport() as { readonly workers: readonly unknown[] }).workers.length;

const bodies = async (): Promise<readonly string[]> =>
  ((await ask("notes?select=body&order=id")) as readonly { readonly body: string }[]).map(({ body }) => body);

test("a job that burns the processor for a second does not keep others from being answered", async () => {
  const id = await begin("burn", 1000);
  await until(async () => (await rowOf(id))?.[0] === "running" || undefined, "it runs");
  await until(async () => logged.some(({ message }) => message === "It burns.") || undefined, "it burns");
  const answered: number[] = [];
  while ((await rowOf(id)) !== undefined) {
    const start = performance.now();
    await ask("notes?select=body&limit=1");
    answered.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // On the server's own thread not one would have been answered meanwhile.
  assert.ok(answered.length > 5, `${answered.length} answers`);
  assert.ok((await bodies()).includes("burnt"));
  const line = logged.find(({ message }) => message === "It burns.");
  assert.deepEqual([line?.fields.job, line?.fields.id, typeof line?.fields.odd], ["burn", id, "string"]);
});

test("a heavy job has all that a job has, and what it writes is history and audit like any write", async () => {
  const from = (await bodies()).length;
  const id = await begin("everything", { fail: true });
  await gone(id);
  await until(async () => (await bodies()).includes("light within") || undefined, "the job that it enqueued");
  const made = (await ask("notes?body=eq.by SQL&select=id,number,version")) as { id: string; number: number; version: number }[];
  // The step was done once, the rest twice.
  assert.deepEqual(
    made.map(({ number }) => number),
    [2],
  );
  const after = (await bodies()).slice(from);
  assert.deepEqual(after.toSorted(), ["by SQL", "completed", "light within", "light within"]);
  const versions = (await ask(`notes/${made[0]?.id}/versions`)) as unknown[];
  assert.ok(versions.length >= 3, `${versions.length} versions`);
  const audit = await listAudit(platform.database, { table: "notes", row: made[0]?.id ?? "", limit: 50 });
  assert.ok(audit.length >= 3, `${audit.length} entries`);
  const left = await platform.database.all("SELECT name, state FROM _chassis_jobs WHERE state <> 'cancelled'", []);
  assert.deepEqual(left, []);
  const isLogged = (): boolean =>
    logged.some(({ message }) => message?.startsWith("A job failed after it had completed") === true);
  await until(async () => isLogged() || undefined, "its failure after the end is logged");
});

for (const what of ["heap", "buffers"]) {
  test(`one that fills its ${what} without end is stopped, and the server goes on`, async () => {
    const [, , error] = await failed(await begin("fill", what));
    assert.match(error ?? "", /It used more than its 64 MiB of memory/);
    await gone(await begin("light", "after"));
  });
}

test("one that never ends is ended by its time limit, and its transaction with it", async () => {
  const [, , error] = await failed(await begin("endless"));
  assert.match(error ?? "", /longer than its 300 ms/);
  await gone(await begin("light", "after the endless"));
  assert.ok(!(await bodies()).includes("never kept"));
});

test("one that ends its process ends its thread alone, and runs again like any that failed", async () => {
  await gone(await begin("exits", false));
  assert.ok((await bodies()).includes("after an exit 2"));
  const [, attempt, error] = await failed(await begin("exits", true));
  assert.equal(attempt, 2);
  assert.match(error ?? "", /The job ended its thread/);
});

test("what its code says and closes by the thread's own means harms neither the server nor the next job", async () => {
  await gone(await begin("meddles"));
  await gone(await begin("meddles"));
});

test("one that is cancelled is told, and ended where it is deaf; others run after it", async () => {
  for (const [job, body] of [
    ["waits", "waits 1"],
    ["deaf", "deaf ear 1"],
  ] as const) {
    const id = await begin(job, "deaf ear");
    await until(async () => (await bodies()).includes(body) || undefined, body);
    assert.deepEqual(await ask("rpc/cancel", id), { was: "running" });
  }
  await gone(await begin("burn", 1));
});

test("a server that stops gives heavy jobs back, and the next one runs them; no thread is left", async () => {
  const id = await begin("deaf", "given back");
  await until(async () => (await bodies()).includes("given back 1") || undefined, "it runs");
  assert.ok(threads() > 0);
  await platform.close();
  assert.equal(threads(), 0);
  platform = await open();
  await gone(id);
  assert.ok((await bodies()).includes("given back 1"));
});

test("a back end with heavy jobs is refused where its file is not known, and limits that are none too", async () => {
  const opening = createPlatform({
    backend,
    config: loadConfig({ environment: {} }),
    dataDirectory: await temporaryFolder(scope),
    logger,
  });
  await assert.rejects(opening, /jobs\.burn: is heavy.*`backendFile`/);
});

test("an error that nobody caught is the job's that began it, not of the one that has the thread by then", async () => {
  for (const way of ["timer", "promise"]) {
    const message = way === "timer" ? /caught by nobody/ : /nobody was listening/;
    const [left, next] = [await begin("strays", way), await begin("sleeps", 400)];
    await gone(left);
    await gone(next);
    const entry = logged.find(({ message: words, fields }) => message.test(words ?? "") && fields["in"] === "job strays");
    assert.match(String((entry?.fields["err"] as Error | undefined)?.stack), new RegExp(`astray in a ${way}`));
    const [slept, leftNote] = (await ask(`notes?select=body,number&order=id.desc&limit=2`)) as { body: string; number: number }[];
    assert.deepEqual([slept?.body, leftNote?.body], ["slept", `left a ${way}`]);
    assert.equal(slept?.number, leftNote?.number, "it was the same thread");
  }
  const [, , error] = await failed(await begin("trips"));
  assert.match(error ?? "", /tripped/);
});

test("a heavy job changes who gets no mail, outside of its transactions", async () => {
  await gone(await begin("keepsQuiet", "ada@example.org"));
  const told = (await bodies()).find((body) => body.startsWith("manual"));
  assert.match(told ?? "", /^manual, and within: .*before the transaction or after it/);
  assert.equal((await platform.mail.suppressions.find("ADA@example.org", "news"))?.reason, "manual");
});
