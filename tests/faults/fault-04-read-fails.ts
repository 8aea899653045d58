import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createClient, type Client, type Reply } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import { startServer } from "./server.ts";
import { attachStrace } from "./strace.ts";
import { startLoad } from "./writers.ts";

const questions = [
  "/rest/v1/notes?select=slug,body&order=slug&limit=20",
  "/rest/v1/notes?select=count()",
  "/rest/v1/notes?body=fts.ledger&select=slug&order=slug.desc&limit=50",
  "/rest/v1/orders?select=number,total,lines(position,amount)&order=number&limit=100&lines.order=position",
  "/rest/v1/ticks?select=number,counter(name)&order=number&limit=200",
  "/rest/v1/accounts?select=name,balance&order=name",
  "/rest/v1/transfers?select=amount.sum()",
  "/rest/v1/notes?slug=eq.nobody",
];

/** The disk cannot be read, or gives less than was asked for: an answer is right or an error, never empty and never another. */
export const readFails: Fault = {
  number: 4,
  name: "EIO, short read",
  done: "on every n-th read of the files",
  needs: ["strace"],
  short: [3, 4],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const ledger = new Ledger();
    const first = await startServer(scope, { dataDirectory });
    const load = startLoad(scope, { url: first.url, ledger, name: `r${round}`, seed: round, filling: 1500 });
    await load.acknowledged(600);
    await load.stop();
    const expected = await askAll(first.url);
    assert.ok(expected.every(({ status }) => status === 200));
    await first.kill();

    // A server that has read nothing yet.
    const server = await startServer(scope, { dataDirectory });
    const every = 1 + (Math.floor(round / 2) % 7);
    const fault = `${round % 2 === 0 ? "error=EIO" : "retval=0"}:when=${every}+${every}`;
    const paths = ["chassis.db", "chassis.db-wal"].map((name) => join(dataDirectory, name));
    const strace = await attachStrace(scope, server.pid, { calls: "pread64", fault, paths });
    let errors = 0;
    for (let times = 0; times < 3; times++) {
      for (const [index, { status, text }] of (await askAll(server.url)).entries()) {
        if (status === 200) assert.equal(text, expected[index]?.text, `a wrong answer to ${questions[index]}`);
        else {
          assert.ok(status >= 500, `${status} ${text}`);
          errors += 1;
        }
      }
    }
    await strace.detach();
    const after = await askAll(server.url);
    for (const [index, { text }] of after.entries())
      assert.equal(text.slice(0, 200), expected[index]?.text.slice(0, 200), `it did not recover for ${questions[index]}`);
    await server.kill();
    const { verdict } = await reopen(scope, ledger, { dataDirectory });
    return report(ledger, verdict, `${fault}: ${errors} of ${questions.length * 3} answers were errors, no answer was wrong`);
  },
};

async function askAll(url: string): Promise<readonly Reply[]> {
  const client: Client = createClient(url);
  const replies: Reply[] = [];
  for (const question of questions) replies.push(await client.ask("GET", question));
  client.close();
  return replies;
}
