import { bool, defineBackend, defineSchema, everyone, mutation, query, ref, signedIn, table, text } from "chassis";
import { z } from "zod";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    pages: table(
      {
        owner: ref("users").defaultToActor(),
        title: text().min(1).max(200).unique(),
        body: text().max(20_000),
        isPublic: bool().default(false),
      },
      { softDelete: { keep: "30d" }, history: { keep: "365d" } },
    ),
    comments: table(
      {
        page: ref("pages").onDelete("cascade"),
        author: ref("users").defaultToActor(),
        body: text().min(1).max(2000),
      },
      { softDelete: true },
    ),
  },
  { roles: ["auditor"] },
);

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    pages: ({ row, me }) => {
      const own = row.owner.eq(me.id);
      return { read: row.isPublic.or(own), write: own, history: own.or(me.hasRole("auditor")) };
    },
    comments: ({ row, me }) => ({
      read: row.page.isPublic.or(row.page.owner.eq(me.id)),
      write: row.author.eq(me.id),
    }),
  },
  functions: {
    /** What a page said on the day before, beside what it says now. */
    yesterday: query({ input: z.object({ page: z.uuid(), now: z.iso.datetime() }), access: signedIn }, async ({ db, input }) => {
      const asOf = new Date(Date.parse(input.now) - 86_400_000).toISOString();
      const [then, now] = await Promise.all([db.pages.get(input.page, { asOf }), db.pages.get(input.page)]);
      return { then: then?.body ?? null, now: now?.body ?? null };
    }),

    /** Takes back the last change of a page. */
    undo: mutation({ input: z.object({ page: z.uuid() }), access: signedIn }, async ({ db, input }) => {
      const [, before] = await db.pages.versions(input.page);
      if (before === undefined || before.version === null) return null;
      const { body, version } = await db.pages.restore(input.page, { version: before.version });
      return { body, version };
    }),

    /** Deletes for good what was deleted: there is no way back from here. */
    emptyBin: mutation({ access: ({ me }) => me.hasRole("auditor") }, ({ db }) => db.asSystem().pages.purge()),
  },
});
