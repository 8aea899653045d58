import type { Logger } from "#base";
import type { Authenticate } from "./access/authenticate.ts";
import type { RouteContext } from "./definition.ts";
import { openDb, openSystemDb } from "./functions/open-db.ts";
import type { Records } from "./records/records.ts";
import type { AnySchema } from "./schema/schema.ts";

export interface RouteContextOptions {
  readonly records: Records;
  readonly authenticate: Authenticate;
  readonly logger: Logger;
}

/** What a back end's own routes are given. */
export function createRouteContext({ records, authenticate, logger }: RouteContextOptions): RouteContext<AnySchema> {
  return {
    records,
    logger,
    asSystem: () => openSystemDb(records),
    async as({ headers }) {
      const me = await authenticate({
        authorization: headers.get("authorization") ?? undefined,
        cookie: headers.get("cookie") ?? undefined,
      });
      return { me, db: openDb(records, me) };
    },
  };
}
