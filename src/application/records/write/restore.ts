import { AppError } from "#contract";
import type { Table } from "#database";
import type { MutationResult, PurgeQuery, RestoreQuery } from "../query.ts";
import type { Session } from "../session.ts";
import { checkPrecondition } from "./precondition.ts";
import { purgeBatch } from "./purge.ts";
import { type PutBack, putBack } from "./put-back.ts";
import { selectWritten } from "./returning.ts";
import { forbidden } from "./rule-check.ts";
import { findDeleted } from "./targets.ts";
import { undelete } from "./undelete.ts";

/** Brings back a row that was deleted, or a version of one. Nothing is affected where there is none that the caller may know of. */
export async function restore(session: Session, table: Table, query: RestoreQuery): Promise<MutationResult> {
  const { version } = query;
  if (version !== undefined && !Number.isSafeInteger(version))
    throw new AppError("invalidValue", { message: "The value for 'version' must be a whole number." });
  await checkPrecondition(session, table, query.precondition);
  const { written, ...result } =
    version === undefined ? await bringBack(session, table, query) : await putBack(session, table, query, version);
  if (query.returning === undefined) return result;
  const { json } = await selectWritten(session, table, query, { keys: written, ids: result.keys ?? [] });
  return { ...result, json };
}

async function bringBack(session: Session, table: Table, query: RestoreQuery): Promise<PutBack> {
  const { keys, ids } = await findDeleted(session, table, query);
  for (const key of keys) await undelete(session, table, key);
  return { affected: keys.length, keys: ids, written: keys };
}

/** Deletes deleted rows for good. */
export async function purge(session: Session, table: Table, query: PurgeQuery): Promise<MutationResult> {
  if (session.view.restricted) throw forbidden(session);
  if (table.softDelete === undefined) {
    throw new AppError("notSupported", {
      message: `'${table.name}' keeps no deleted rows: its definition would need 'softDelete'.`,
    });
  }
  const { connection, services } = session;
  const source = { connection, model: services.model, dialect: services.dialect };
  const { before = "9999-12-31T23:59:59.999Z", limit = Number.POSITIVE_INFINITY } = query;
  let affected = 0;
  while (affected < limit) {
    const purged = await purgeBatch(source, table, { before, limit: Math.min(500, limit - affected) });
    affected += purged;
    if (purged === 0) break;
  }
  return { affected };
}
