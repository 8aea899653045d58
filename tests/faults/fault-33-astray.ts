import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { type Client, createClient } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { type LogLine, logLines } from "./log-lines.ts";
import { ways } from "./misbehaving/backend.ts";
import { reopen } from "./reopen.ts";
import { type FaultServer, startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

const file = fileURLToPath(new URL("misbehaving/backend.ts", import.meta.url));

/** Milliseconds within which what failed must be answered: a function may take ten seconds, an answer longer. */
const soon = 8000;

/** Somebody's code fails where nobody can catch it. What it belongs to fails; everything else goes on. */
export const astray: Fault = {
  number: 33,
  name: "Nobody catches",
  done: "what functions, routes, jobs and crons throw in timers, or let reject, under load",
  needs: [],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const options = { dataDirectory, file, environment: { STRAY_CRON: "yes", CHASSIS_MAIL_SERVER: "mailbox" } };
    const server = await startServer(scope, options);
    const client = createClient(server.url);
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round });
    await load.acknowledged(50);
    for (const way of ways) {
      await inFunction(server, client, way);
      await inRoute(server, client, way);
      await inJob(server, client, way);
    }
    await inHeavyJob(client, "timer");
    await inHeavyJob(client, "rejection");
    const sent = await client.ask("POST", "/rest/v1/rpc/stray_mail", { number: "stray-mail" });
    assert.equal(sent.status, 200, sent.text);
    await isTold(server, { number: "stray-mail", way: "timer", in: "job mail.straysInMail" });
    await becomesTrue(() => linesOf(server, "stray cron").some((line) => line.in === "cron often"), "a cron's input throws");
    await becomesTrue(async () => (await notes(client, "like.cron-*")).length > 0, "its job runs all the same");
    await load.acknowledged(ledger.count("acknowledged") + 50);
    await load.stop();
    assert.deepEqual(ledger.refusals(), {}, "others are not touched");
    assert.ok(server.isRunning);
    // What they left, which is not in the ledger.
    for (const pattern of ["stray-*", "cron-*"]) await client.ask("DELETE", `/rest/v1/notes?slug=like.${pattern}`);
    client.close();
    await server.kill();
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, `${ways.length} ways: each fails what it belongs to, by name, and the process lives`);
  },
};

/** The memory is used up: the process ends, and all that it answered is there. */
export const outOfMemory: Fault = {
  number: 33,
  name: "Out of memory",
  done: "by somebody's function, under load",
  needs: [],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const environment = { NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --max-old-space-size=160` };
    const server = await startServer(scope, { dataDirectory, file, environment });
    const client = createClient(server.url);
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round, patience: 5000 });
    await load.acknowledged(100 + ((round * 41) % 200));
    await assert.rejects(client.ask("POST", "/rest/v1/rpc/swallow"));
    await server.ended;
    await load.stop();
    client.close();
    assert.match(server.text(), /heap out of memory|heap limit/i, "it ended for another reason");
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, "the process ends, and starts again");
  },
};

type Way = (typeof ways)[number];

function linesOf(server: FaultServer, message: string): readonly LogLine[] {
  return logLines(server.text()).filter(({ err, level }) => level === "error" && err?.message === message);
}

async function isTold(
  server: FaultServer,
  place: { readonly number: string; readonly way: Way; readonly in: string },
): Promise<void> {
  // Of nothing that was thrown there is no message to look for.
  if (place.way === "nothing") return;
  await becomesTrue(
    () => linesOf(server, `stray ${place.number}`).some((line) => line.in === place.in),
    `the log says that ${place.number} came from ${place.in}`,
  );
}

async function notes(client: Client, slug: string): Promise<readonly unknown[]> {
  const { text } = await client.ask("GET", `/rest/v1/notes?slug=${slug}&select=slug,body`);
  return JSON.parse(text) as readonly unknown[];
}

async function inFunction(server: FaultServer, client: Client, way: Way): Promise<void> {
  for (const answers of [false, true]) {
    const number = `stray-function-${way}-${answers}`;
    const started = performance.now();
    const { status, text } = await client.ask("POST", "/rest/v1/rpc/stray", { number, way, answers });
    assert.ok(performance.now() - started < soon, `${number} was answered after ${performance.now() - started} ms`);
    // One that is over before its timer is answered as though there were none.
    assert.ok(status < 300 ? answers : status === 500, `${number}: ${status} ${text}`);
    assert.doesNotMatch(text, /stray/, "nobody is told what it threw");
    assert.equal(
      (await notes(client, `eq.${number}`)).length,
      status < 300 ? 1 : 0,
      `${number}: what is answered is what is there`,
    );
    await isTold(server, { number, way, in: "function stray" });
  }
}

async function inRoute(server: FaultServer, client: Client, way: Way): Promise<void> {
  for (const answers of [false, true]) {
    const number = `stray-route-${way}-${answers}`;
    const started = performance.now();
    const { status, text } = await client.ask("GET", `/stray?number=${number}&way=${way}&answers=${answers}`);
    assert.ok(performance.now() - started < soon, `${number} was answered after ${performance.now() - started} ms`);
    assert.ok(status < 300 ? answers : status === 500, `${number}: ${status} ${text}`);
    await isTold(server, { number, way, in: "GET /stray" });
  }
}

async function inJob(server: FaultServer, client: Client, way: Way): Promise<void> {
  const number = `stray-job-${way}`;
  const { status, text } = await client.ask("POST", "/rest/v1/rpc/stray_job", { number, way, answers: false });
  assert.ok(status < 300, text);
  // Its time limit is a quarter of an hour: that it runs again so soon shows that its attempt failed.
  await becomesTrue(async () => (await notes(client, `eq.${number}`)).length > 0, `${number} runs once more`);
  await isTold(server, { number, way, in: "job strays" });
}

/** Its thread is lost, and it runs again in another. */
async function inHeavyJob(client: Client, way: Way): Promise<void> {
  const number = `stray-heavy-${way}`;
  const { status, text } = await client.ask("POST", "/rest/v1/rpc/stray_heavy_job", { number, way, answers: false });
  assert.ok(status < 300, text);
  await becomesTrue(async () => (await notes(client, `eq.${number}`)).length > 0, `${number} runs once more`);
}
