import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createClient } from "./client.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import type { RunScope } from "./scope.ts";
import { startServer } from "./server.ts";
import { createVersions, fillPages, planVersion, runWell } from "./versions.ts";
import { startLoad } from "./writers.ts";

/** Milliseconds that another write may wait for a migration over a million rows. */
const LONGEST = 1000;
/** In the tests, where other programs share the machine: only what stands still for long is told from what does not. */
const GENEROUS = 5;
const ROWS = { short: 20_000, long: 1_000_000 };

/** The first round is short and small. A server applies the migration while others write. */
export const largeMigration: Fault = {
  number: 21,
  name: "large migration",
  done: "by a server, under writes (a million rows in the long version)",
  needs: [],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const versions = await createVersions(scope);
    const ledger = new Ledger();
    const rows = round === 0 ? ROWS.short : ROWS.long;
    const [place, next] = [
      { dataDirectory, file: versions.first },
      { dataDirectory, file: versions.wider },
    ];
    await fillPages(scope, place, rows);
    const server = await startServer(scope, place);
    await planVersion(scope, next, "wider");
    const load = startLoad(scope, { url: server.url, ledger, name: `r${round}`, seed: round, writers: 2 });
    const watch = watchWrites(scope, server.url, ledger);
    await load.acknowledged(50);
    const quiet = watch.longest();
    const words = await runWell(scope, ["migrate", "apply"], next);
    const longest = watch.longest();
    await load.acknowledged(ledger.count("acknowledged") + 20);
    await watch.stop();
    await load.stop();
    await server.terminate();
    const { server: again, verdict } = await reopen(scope, ledger, next);
    const wrong = [...verdict.wrong];
    const found = await (await fetch(`${again.url}/rest/v1/pages?select=count()&words=fts.many`)).text();
    if (found !== `[{"count":${rows}}]`) wrong.push(`Of ${rows} pages the new search index finds ${found.slice(0, 200)}.`);
    await again.terminate();
    const bound = round === 0 ? LONGEST * GENEROUS : LONGEST;
    if (longest > bound) wrong.push(`A write waited for ${Math.round(longest)} ms, and may for ${bound}.`);
    const took = /steps? in ([\d.]+ m?s)/.exec(words)?.[1] ?? "?";
    return report(
      ledger,
      { ...verdict, wrong },
      `${rows} rows in ${took}; a write waited ${Math.round(longest)} ms at most, ${Math.round(quiet)} before`,
    );
  },
};

interface Watch {
  /** Milliseconds that the slowest write took since this was last asked. */
  longest(): number;
  stop(): Promise<void>;
}

/** Somebody who writes a note every few milliseconds and looks at the clock. */
function watchWrites(scope: RunScope, url: string, ledger: Ledger): Watch {
  const client = createClient(url);
  const stopping = new AbortController();
  let longest = 0;
  const running = (async () => {
    for (let count = 0; !stopping.signal.aborted; count++) {
      const operation = { type: "note", slug: `watch-${count}`, body: `ledger watch ${count}` } as const;
      const start = performance.now();
      ledger.note(operation, await client.send(operation));
      longest = Math.max(longest, performance.now() - start);
      await pause(5);
    }
  })();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
    client.close();
  };
  scope.after(stop);
  return {
    stop,
    longest() {
      const since = longest;
      longest = 0;
      return since;
    },
  };
}
