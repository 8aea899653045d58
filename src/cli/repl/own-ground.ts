import { createDbOpener, loadSecrets } from "#application";
import { createIdSource, silentLogger, systemClock } from "#base";
import { createClient } from "#client";
import { createPlatform, secretFieldKeys } from "#platform";
import type { Workplace } from "../backend/workplace.ts";
import type { Ground } from "./ground.ts";

const HOUR = 3_600_000;

/** The whole back end in this process, which has the database for itself. Jobs that are handed over wait for a server. */
export async function openOwnGround(workplace: Workplace): Promise<Ground> {
  const { backend, config, dataDirectory, file } = workplace;
  const platform = await createPlatform({ ...workplace, backendFile: file, logger: silentLogger });
  const dbs = createDbOpener({
    model: backend.model,
    clock: systemClock,
    ids: createIdSource(systemClock),
    secretKeys: secretFieldKeys(await loadSecrets(dataDirectory)),
  });
  const scope = { records: platform.records, connection: platform.database, writes: false };
  const { signal } = new AbortController();
  return {
    lines: [
      "No server has this database: it is open here, and none can start meanwhile. Jobs that are handed over wait for one.",
    ],
    system: dbs.openSystem(scope),
    somebody(actor) {
      const token = async (): Promise<string | undefined> =>
        actor === null ? undefined : (await platform.tokens.issue({ actor, lifetime: HOUR })).token;
      return {
        db: dbs.open(scope, actor),
        api: createClient(config.baseUrl ?? "http://localhost", { fetch: (request) => platform.fetch(request), token }),
        // Not by requests: what a function throws is to be seen as it is.
        fn: Object.fromEntries(
          [...backend.functions.keys()].map((name) => [
            name,
            (input?: unknown) => platform.functions.call(name, input, actor, { signal }),
          ]),
        ),
      };
    },
    close: () => platform.close(),
  };
}
