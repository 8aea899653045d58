import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { becomesTrue } from "./becomes-true.ts";
import { runCommand } from "./command.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import type { RunScope } from "./scope.ts";
import { startServer, tryStartServer } from "./server.ts";
import { underStrace } from "./strace.ts";
import { createVersions, fillPages, planVersion, type Versions } from "./versions.ts";
import { startLoad } from "./writers.ts";

/** Enough for several batches of each step that goes through them. */
const PAGES = 3000;
/** Its multiples fall evenly into any interval. */
const GOLDEN = 0.618;
/** Milliseconds, about, that a server takes for the migration beside its other work. */
const SERVED_TIME = 400;

/** Who applies it: a command without a server, a server before it listens, a server that goes on serving. */
const ways = ["apply", "start --migrate", "server"] as const;

/** SIGKILL at the n-th write or sync of a migration; then it goes on (even rounds) or back (odd ones). */
export const migrationKilled: Fault = {
  number: 20,
  name: "migration killed",
  done: "SIGKILL at the n-th write, by a command, at a start, in a server; then on or back",
  needs: ["strace"],
  short: [0, 1, 2],
  async run(scope, round) {
    const way = ways[round % ways.length] ?? "apply";
    const goesOn = round % 2 === 0;
    const dataDirectory = await temporaryFolder(scope);
    const versions = await createVersions(scope);
    const ledger = new Ledger();
    const [place, name] = [{ dataDirectory, file: versions.first }, `r${round}`];
    await fillPages(scope, place, PAGES);
    const before = await startServer(scope, place);
    const load = startLoad(scope, { url: before.url, ledger, name, seed: round });
    await load.acknowledged(60);
    const to = way === "server" ? "wider" : "stricter";
    await planVersion(scope, { dataDirectory, file: versions[to] }, to);
    if (way !== "server") {
      await load.stop();
      await before.terminate();
    }

    // Spread evenly from the first rounds on: a migration of so many pages has some 800 writes and 40 syncs.
    const moment = (round * GOLDEN + 0.3) % 1;
    const calls = round % 5 === 4 ? "fdatasync" : "pwrite64";
    const when = 1 + Math.floor(moment * (calls === "pwrite64" ? 800 : 40));
    const next = { dataDirectory, file: versions[to] };
    const under = underStrace({ calls, fault: `signal=KILL:when=${when}` });
    let met: boolean;
    if (way === "server") {
      const applying = runCommand(scope, ["migrate", "apply"], next);
      await begins(join(dataDirectory, "chassis.db"));
      await pause(moment * SERVED_TIME);
      await before.kill();
      await load.stop();
      met = (await applying).code !== 0;
    } else if (way === "apply") {
      met = (await runCommand(scope, ["migrate", "apply"], { ...next, under })).code !== 0;
    } else {
      const server = await tryStartServer(scope, { ...next, migrates: true, under });
      met = server === undefined;
      await server?.kill();
    }

    const wrong = [...(await serveHalfWay(scope, place, { ledger, name, round }))];
    wrong.push(...(await settle(scope, { dataDirectory, versions, to, goesOn })));
    const { server, verdict } = await reopen(scope, ledger, goesOn ? next : place);
    // What comes of it is a database to work on, as any other.
    const after = startLoad(scope, { url: server.url, ledger, name: `${name}after`, seed: round + 1 });
    await after.acknowledged(40);
    await after.stop();
    await server.terminate();
    const { server: last, verdict: end } = await reopen(scope, ledger, goesOn ? next : place);
    wrong.push(...(await countPages(last.url)));
    await last.terminate();
    const note = `${way} ${met ? `killed${way === "server" ? "" : ` at ${calls} ${when}`}` : "was through before"}, ${goesOn ? "on" : "back"}`;
    return report(
      ledger,
      {
        lost: [...verdict.lost, ...end.lost],
        half: [...verdict.half, ...end.half],
        wrong: [...wrong, ...verdict.wrong, ...end.wrong],
      },
      note,
    );
  },
};

/** Until a migration is under way. */
async function begins(path: string): Promise<void> {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    await becomesTrue(
      () =>
        database.prepare("SELECT 1 FROM sqlite_schema WHERE name = '_chassis_migrations'").get() !== undefined &&
        database.prepare("SELECT 1 FROM _chassis_migrations").get() !== undefined,
      "a migration begins",
    );
  } finally {
    database.close();
  }
}

interface HalfWay {
  readonly ledger: Ledger;
  readonly name: string;
  readonly round: number;
}

/** The old version on what is there now: it serves as ever, or says why not and changes nothing. */
async function serveHalfWay(
  scope: RunScope,
  place: { readonly dataDirectory: string; readonly file: string },
  { ledger, name, round }: HalfWay,
): Promise<readonly string[]> {
  let words = "";
  const server = await tryStartServer(scope, { ...place, onEnd: (text) => (words = text) });
  if (server === undefined)
    return /is not finished|does not work|differs from/.test(words) ? [] : [`The old version ended without a reason: ${words}`];
  const load = startLoad(scope, { url: server.url, ledger, name: `${name}half`, seed: round + 2 });
  await load.acknowledged(40);
  await load.stop();
  await server.kill();
  return [];
}

interface Settling {
  readonly dataDirectory: string;
  readonly versions: Versions;
  readonly to: "wider" | "stricter";
  readonly goesOn: boolean;
}

async function settle(scope: RunScope, { dataDirectory, versions, to, goesOn }: Settling): Promise<readonly string[]> {
  const command = goesOn ? "apply" : "rollback";
  const { code, output, errors } = await runCommand(scope, ["migrate", command], { dataDirectory, file: versions[to] });
  // Killed before its first transaction, it has not begun.
  if (code === 0 || /There is no migration to roll back/.test(errors)) return [];
  return [`chassis migrate ${command} ended with ${code}: ${output}${errors}`];
}

async function countPages(url: string): Promise<readonly string[]> {
  const text = await (await fetch(`${url}/rest/v1/pages?select=count()`)).text();
  return text === `[{"count":${PAGES}}]` ? [] : [`There were ${PAGES} pages, and the server says ${text.slice(0, 200)}.`];
}
