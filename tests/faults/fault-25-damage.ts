import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile, copyFile, mkdir, open, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { check } from "./checker.ts";
import { createClient } from "./client.ts";
import { readState } from "./database-state.ts";
import { type Fault, report, type RunReport } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { seededRandom } from "./random.ts";
import { reopen } from "./reopen.ts";
import type { RunScope } from "./scope.ts";
import { backend, program, startServer } from "./server.ts";
import { startLoad } from "./writers.ts";

const files = ["chassis.db", "chassis.db-wal", "token-secret"];

/** A copy of a data directory, as somebody's disk has it after a crash. */
async function copyOf(scope: RunScope, dataDirectory: string): Promise<string> {
  const copy = join(await temporaryFolder(scope), "data");
  await mkdir(copy, { mode: 0o700 });
  for (const name of files) await copyFile(join(dataDirectory, name), join(copy, name));
  return copy;
}

/** A database whose last writes are in the log alone, because its server was killed. */
async function killedUnderLoad(scope: RunScope, ledger: Ledger, round: number): Promise<string> {
  const dataDirectory = await temporaryFolder(scope);
  const server = await startServer(scope, { dataDirectory });
  const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round, filling: 500 });
  await load.acknowledged(150 + ((round * 31) % 200));
  await server.kill();
  await load.stop();
  return dataDirectory;
}

/**
 * What a crash leaves at the end of the log: a part of a frame, rubbish in place of one, old frames. All before is there, and
 * nothing after. A log that was cut further in front is not told from one that ended there: what it had is lost, and nothing is half.
 */
export const tornLog: Fault = {
  number: 25,
  name: "Torn log",
  done: "rubbish after its end; cut anywhere",
  needs: [],
  short: [0, 1],
  async run(scope, round) {
    const ledger = new Ledger();
    const dataDirectory = await killedUnderLoad(scope, ledger, round);
    const random = seededRandom(round);

    const rubbish = await copyOf(scope, dataDirectory);
    const bytes = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 9000) }, () => Math.floor(random() * 256)));
    await appendFile(join(rubbish, "chassis.db-wal"), bytes);
    const { server, verdict } = await reopen(scope, ledger, { dataDirectory: rubbish });
    await server.kill();

    for (let cut = 0; cut < 5; cut++) {
      const copy = await copyOf(scope, dataDirectory);
      const wal = join(copy, "chassis.db-wal");
      const { size } = await stat(wal);
      await truncate(wal, Math.floor(size * random()));
      // In front of the log the tables, and what they are filled with, may not be there at all: then there is nothing to be half.
      const state = readStateIfMade(join(copy, "chassis.db"));
      if (state === undefined || state.accounts.length === 0) continue;
      const { half } = check(ledger.entries, state);
      assert.deepEqual([...half, ...state.damage], [], `the log cut at ${(await stat(wal)).size} of ${size} bytes`);
    }
    return report(ledger, verdict, "what stands before it is whole");
  },
};

function readStateIfMade(path: string): ReturnType<typeof readState> | undefined {
  try {
    return readState(path);
  } catch (error) {
    if (/no such table|unable to open/.test((error as Error).message)) return undefined;
    throw error;
  }
}

const PAGE = 4096;

/** A page of a table is not what was written: reading it is an error, and the doctor says so. */
export const brokenPage: Fault = {
  number: 25,
  name: "Corrupt page",
  done: "the head of a page of a table is overwritten",
  needs: [],
  short: [0, 1],
  async run(scope, round): Promise<RunReport> {
    const ledger = new Ledger();
    const dataDirectory = await temporaryFolder(scope);
    const first = await startServer(scope, { dataDirectory });
    const load = startLoad(scope, { url: first.url, ledger, name: `r${round}`, seed: round, filling: 500 });
    await load.acknowledged(300);
    await load.stop();
    await first.terminate();
    const path = join(dataDirectory, "chassis.db");
    const verdict = check(ledger.entries, readState(path));
    const expected = readState(path).notes.length;

    const page = damagedPage(path, round);
    const file = await open(path, "r+");
    // The first byte says what kind of page it is; the next ones where its cells begin and how many there are.
    await file.write(Buffer.from([0x55, 0xff, 0xff, 0xff, 0xff]), 0, 5, (page - 1) * PAGE);
    await file.close();

    const server = await startServer(scope, { dataDirectory });
    const client = createClient(server.url);
    const answers = ["/rest/v1/notes?select=slug,body&order=created", "/rest/v1/notes?select=count()&body=neq.x"];
    for (const question of answers) {
      const { status, text } = await client.ask("GET", question);
      assert.equal(status, 500, `${question}: ${status} ${text.slice(0, 100)} (of ${expected})`);
      assert.equal((JSON.parse(text) as { code: string }).code, "XX001", text);
    }
    assert.match(server.text(), /SQLite met damage in the database/, "the log says so");
    assert.equal((await client.ask("GET", "/rest/v1/accounts?select=name")).status, 200, "other tables are read");
    client.close();
    await server.kill();
    const said = await doctor(dataDirectory);
    assert.equal(said.code, 1, said.text);
    assert.match(said.text, /Problems[^]*integrity .*malformed|Problems[^]*page/i, said.text);
    return report(ledger, verdict, "500 XX001, said in the log and by chassis doctor; other tables go on");
  },
};

/** A page in which rows of the notes lie, not the first one of the table. */
function damagedPage(path: string, round: number): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database
    .prepare("SELECT pageno FROM dbstat WHERE name = 'notes' AND pagetype = 'leaf' ORDER BY pageno")
    .all() as unknown as readonly { pageno: number }[];
  database.close();
  const page = rows[round % rows.length]?.pageno;
  assert.ok(page !== undefined);
  return page;
}

function doctor(dataDirectory: string): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, "doctor", backend],
      { env: { ...process.env, CHASSIS_DATA: dataDirectory } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, text: stdout + stderr }),
    );
  });
}
