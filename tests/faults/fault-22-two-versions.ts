import { temporaryFolder } from "../support/temporary-folder.ts";
import { type Fault, report } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { reopen } from "./reopen.ts";
import type { RunScope } from "./scope.ts";
import { failToStart, type FaultServer, type ServerOptions, startServer } from "./server.ts";
import { createVersions, fillPages, planVersion, runWell } from "./versions.ts";
import { startLoad } from "./writers.ts";

const PAGES = 200;

/** Versions one after the other on one database, as in a roll-out that is taken back: each works on it or is refused. */
export const twoVersions: Fault = {
  number: 22,
  name: "two versions",
  done: "of the back end in turn on one database: compatible, or refused",
  needs: [],
  short: [0],
  async run(scope, round) {
    const dataDirectory = await temporaryFolder(scope);
    const versions = await createVersions(scope);
    const ledger = new Ledger();
    const [first, wider, stricter] = [versions.first, versions.wider, versions.stricter].map((file) => ({ dataDirectory, file }));
    if (first === undefined || wider === undefined || stricter === undefined) throw new Error("There are three versions.");
    const wrong: string[] = [];
    let life = 0;
    /** Serves for a while, is ended (even rounds) or killed, and has everything when it is there again. */
    const serve = async (options: ServerOptions): Promise<void> => {
      const server = await startServer(scope, options);
      const load = startLoad(scope, { url: server.url, ledger, name: `r${round}l${++life}`, seed: round * 10 + life });
      await load.acknowledged(40);
      await end(server, round);
      await load.stop();
    };
    const refused = async (options: ServerOptions, why: RegExp): Promise<void> => {
      const text = await failToStart(scope, options);
      if (!why.test(text)) wrong.push(`It was refused with other words than ${why}: ${text}`);
    };

    await fillPages(scope, first, PAGES);
    await serve(first);
    // Not migrated: the new version does not touch it.
    await refused(wider, /differs from|chassis migrate/);
    await serve(first);

    await planVersion(scope, wider, "wider");
    // While the new one runs, the old one is not let in beside it.
    await serveBesides(scope, { running: { ...wider, migrates: true }, other: first, refused });
    await serve(first);
    await serve(wider);

    await planVersion(scope, stricter, "stricter");
    await serve({ ...stricter, migrates: true });
    await refused(first, /differs from|does not work/);
    await refused(wider, /differs from|does not work/);
    await serve(stricter);
    await runWell(scope, ["migrate", "rollback"], stricter);
    // What a migration added is hidden when it is rolled back, so the later version still works for whoever has not stopped it yet.
    await serve(stricter);
    await serve(wider);
    await serve(first);

    const { server, verdict } = await reopen(scope, ledger, wider);
    const pages = await (await fetch(`${server.url}/rest/v1/pages?select=count()&words=fts.many`)).text();
    if (pages !== `[{"count":${PAGES}}]`) wrong.push(`Of ${PAGES} pages the search index finds ${pages.slice(0, 200)}.`);
    await server.terminate();
    return report(ledger, { ...verdict, wrong: [...wrong, ...verdict.wrong] }, `${life} lives, 4 refusals`);
  },
};

async function end(server: FaultServer, round: number): Promise<void> {
  if (round % 2 === 0) await server.terminate();
  else await server.kill();
}

interface Beside {
  readonly running: ServerOptions;
  readonly other: ServerOptions;
  readonly refused: (options: ServerOptions, why: RegExp) => Promise<void>;
}

async function serveBesides(scope: RunScope, { running, other, refused }: Beside): Promise<void> {
  const server = await startServer(scope, running);
  await refused(other, new RegExp(`Process ${server.pid}, at http://localhost:\\d+, already runs on the database`));
  await server.terminate();
}
