import type { Logger } from "#base";
import type { Connection } from "#database";
import type { Authenticate } from "./access/authenticate.ts";
import type { RouteContext } from "./definition.ts";
import type { DbOpener } from "./functions/open-db.ts";
import type { Records } from "./records/records.ts";
import type { AnySchema } from "./schema/schema.ts";

export interface RouteContextOptions {
  readonly records: Records;
  /** For SQL of the back end's own: it must not write. */
  readonly reader: Connection;
  readonly dbs: DbOpener;
  readonly authenticate: Authenticate;
  readonly logger: Logger;
}

/** What a back end's own routes are given. */
export function createRouteContext({ records, reader, dbs, authenticate, logger }: RouteContextOptions): RouteContext<AnySchema> {
  const scope = { records, connection: reader, writes: false };
  return {
    records,
    logger,
    asSystem: () => dbs.openSystem(scope),
    async as({ headers }) {
      const me = await authenticate({
        authorization: headers.get("authorization") ?? undefined,
        cookie: headers.get("cookie") ?? undefined,
      });
      return { me, db: dbs.open(scope, me) };
    },
  };
}
