import { currentWork, type Logger } from "#base";
import { type Actor, AppError } from "#contract";
import type { Connection } from "#database";
import type { Authenticate } from "./access/authenticate.ts";
import { callerFields } from "./access/caller-fields.ts";
import { admitsRoute, hintOf, scopeOf } from "./access/key-scope.ts";
import type { Db, SystemDb } from "./functions/db.ts";
import type { DbOpener } from "./functions/open-db.ts";
import type { Enqueue } from "./jobs/enqueue-types.ts";
import type { JobControl } from "./jobs/job-control.ts";
import { nonceOf } from "./page-nonce.ts";
import type { Records } from "./records/records.ts";
import type { AnySchema } from "./schema/schema.ts";
import type { ActorOf } from "./schema/types.ts";
import type { Suppressions } from "./mail/suppressions.ts";
import type { Webhooks } from "./webhooks/sending/webhooks.ts";

/** What the routes of a back end may use. */
export interface RouteContext<S extends AnySchema> {
  /**
   * Who is asking, and the data as they may see and change it. Throws `AppError` (401) where the request's proof is bad; who only looks (GET) with a
   * session that is over is nobody. Throws `forbidden` for a key whose scope leaves routes out.
   */
  as(request: Request): Promise<{ readonly me: ActorOf<S> | null; readonly db: Db<S> }>;
  /** The data without rules, for what is nobody's request. */
  asSystem(): SystemDb<S>;
  /**
   * The nonce of the answer to this request, for scripts and styles inside its page (`<script nonce="...">`): the content security policy that an answer gets which says none itself lets these run and no others.
   */
  nonce(request: Request): string;
  /**
   * What stands before every path of this server in the addresses of its pages: `/app` where its base URL is `https://example.org/app`, else nothing.
   * Requests come without it; links and redirects of these routes begin with it: `${app.base}/books`.
   */
  readonly base: string;
  /** Hands over a job, in a transaction of its own. */
  readonly enqueue: Enqueue;
  /** Sees and steers jobs, as the system: no rule guards it. */
  readonly jobs: JobControl;
  /** Who receives webhooks, and what was sent to them, as the system: no rule guards it. */
  readonly webhooks: Webhooks;
  /** To whom no mail is sent, as the system: no rule guards it. */
  readonly suppressions: Suppressions;
  /** Queries as data, for protocols of your own. */
  readonly records: Records;
  /** The server's log: for what went wrong and was answered with a page of your own. */
  readonly logger: Logger;
}

export interface RouteContextOptions {
  readonly base: string;
  readonly records: Records;
  /** For SQL of the back end's own: it must not write. */
  readonly reader: Connection;
  readonly dbs: DbOpener;
  readonly enqueue: Enqueue;
  readonly jobs: JobControl;
  readonly webhooks: Webhooks;
  readonly suppressions: Suppressions;
  readonly authenticate: Authenticate;
  readonly logger: Logger;
}

/** What a back end's own routes are given. */
export function createRouteContext({
  base,
  records,
  reader,
  dbs,
  enqueue,
  jobs,
  webhooks,
  suppressions,
  authenticate,
  logger,
}: RouteContextOptions): RouteContext<AnySchema> {
  const scope = { records, connection: reader, writes: false };
  return {
    base,
    records,
    enqueue,
    jobs,
    webhooks,
    suppressions,
    logger,
    nonce: nonceOf,
    asSystem: () => dbs.openSystem(scope),
    async as(request) {
      const me = await whoAsks(authenticate, request);
      if (me !== null) currentWork()?.tell?.(callerFields(me));
      const keyScope = scopeOf(me);
      if (!admitsRoute(keyScope, request.method)) throw new AppError("forbidden", hintOf(keyScope, "routes"));
      return { me, db: dbs.open(scope, me) };
    },
  };
}

async function whoAsks(authenticate: Authenticate, { headers, method }: Request): Promise<Actor | null> {
  const authorization = headers.get("authorization") ?? undefined;
  try {
    return await authenticate({ authorization, cookie: headers.get("cookie") ?? undefined });
  } catch (thrown) {
    const isOver = thrown instanceof AppError && thrown.error === "expiredToken" && authorization === undefined;
    if (isOver && (method === "GET" || method === "HEAD")) return null;
    throw thrown;
  }
}
