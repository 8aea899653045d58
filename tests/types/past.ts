/** What must compile of tables that keep what was deleted and changed, and what must not. Checked by `npm run types`; nothing here runs. */
import {
  type Db,
  defineBackend,
  defineSchema,
  everyone,
  type Insert,
  type Row,
  ref,
  type SystemDb,
  table,
  text,
  type Update,
  type VersionOf,
} from "chassis";

type Flat<T> = { [K in keyof T]: T[K] };
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
/** Compiles where the two types are the same. */
function same<A, B>(_same: Same<Flat<A>, Flat<B>>): void {}

const schema = defineSchema({
  users: { name: text() },
  pages: table(
    { title: text(), owner: ref("users") },
    { softDelete: { keep: "30d" }, history: true, unique: [["title", "owner"]] },
  ),
  drafts: table({ body: text() }, { softDelete: true }),
  logs: table({ line: text() }, { history: { keep: "12h" } }),
  plain: table({ line: text() }, { softDelete: false }),
});
type S = typeof schema;
declare const db: Db<S>;
declare const system: SystemDb<S>;

same<Row<S, "pages">["deleted"], string | null>(true);
same<Row<S, "drafts">["deleted"], string | null>(true);
same<"deleted" extends keyof Row<S, "logs"> ? true : false, false>(true);
same<"deleted" extends keyof Row<S, "plain"> ? true : false, false>(true);
same<"deleted" extends keyof Row<S, "users"> ? true : false, false>(true);
// The server alone writes it.
same<"deleted" extends keyof Insert<S, "pages"> ? true : false, false>(true);
same<"deleted" extends keyof Update<S, "pages"> ? true : false, false>(true);

export async function past(): Promise<void> {
  const then = await db.pages.list({
    asOf: "2026-11-25T12:00:00Z",
    deleted: "include",
    where: { deleted: { gt: "2026-01-01T00:00:00Z" } },
  });
  same<(typeof then)[number], Row<S, "pages">>(true);
  await db.pages.get("id", { asOf: "2026-11-25T12:00:00Z" });
  await db.pages.page({ deleted: "only", limit: 5 });
  await db.logs.count({ asOf: "2026-11-25T12:00:00Z" });
  await db.logs.aggregate({ values: { lines: "count" }, asOf: "2026-11-25T12:00:00Z" });
  const back = await db.pages.restore("id");
  same<typeof back, Row<S, "pages">>(true);
  await db.pages.restore("id", { version: 3 });
  await db.drafts.restore("id");
  await db.logs.restore("id", { version: 1 });
  const [version] = await db.pages.versions("id");
  if (version !== undefined) {
    same<typeof version, VersionOf<S, "pages">>(true);
    same<typeof version.values, Row<S, "pages"> | null>(true);
    same<typeof version.operation, "create" | "update" | "delete" | "restore" | null>(true);
  }
  same<Awaited<ReturnType<typeof system.pages.purge>>, number>(true);
  await system.drafts.purge({ before: "2026-11-25T12:00:00Z" });

  // @ts-expect-error: no history
  await db.drafts.list({ asOf: "2026-11-25T12:00:00Z" });
  // @ts-expect-error: no history
  await db.users.get("id", { asOf: "2026-11-25T12:00:00Z" });
  // @ts-expect-error: no softDelete
  await db.logs.list({ deleted: "include" });
  // @ts-expect-error: neither of the two
  await db.pages.list({ deleted: "all" });
  // @ts-expect-error: no softDelete, no history
  await db.users.restore("id");
  // @ts-expect-error: no history
  await db.drafts.restore("id", { version: 1 });
  // @ts-expect-error: no history
  await db.drafts.versions("id");
  // @ts-expect-error: for the system alone
  await db.drafts.purge();
  // @ts-expect-error: no softDelete
  await system.logs.purge();
  // @ts-expect-error: set by the server
  await db.pages.update("id", { deleted: null });
  // @ts-expect-error: set by the server
  await db.pages.create({ title: "x", owner: "id", deleted: null });
}

// @ts-expect-error: no length of time
table({ title: text() }, { softDelete: { keep: "soon" } });
// @ts-expect-error: no length of time
table({ title: text() }, { history: { keep: 30 } });

const open = { read: everyone, write: everyone };

export const backend: unknown = defineBackend(schema, {
  rules: {
    users: () => open,
    pages: ({ row, me }) => ({ ...open, history: row.owner.eq(me.id).and(row.deleted.isNull()) }),
    drafts: ({ row }) => ({ read: row.deleted.isNull(), write: everyone }),
    logs: () => ({ ...open, history: everyone }),
    plain: () => open,
  },
});

defineBackend(schema, {
  rules: {
    users: () => open,
    pages: () => open,
    // @ts-expect-error: no history
    drafts: () => ({ ...open, history: everyone }),
    logs: () => open,
    plain: () => open,
  },
});
