/** What compiles of webhooks, and what must not: each mistake is an error on its own line. Checked by `npm run types`; nothing here runs. */
import { defineBackend, defineSchema, everyone, integer, nobody, ref, type Schema, secret, text, webhooksOf } from "chassis";

const schema = defineSchema(
  {
    users: { name: text() },
    reviews: { author: ref("users"), stars: integer(), body: text().optional(), key: secret() },
  },
  { computed: { reviews: (row) => ({ doubled: row.stars.times(2) }) } },
);
const { webhook } = webhooksOf(schema);
const rules = {
  users: () => ({ read: everyone, write: nobody }),
  reviews: () => ({ read: everyone, write: nobody }),
} as const;

export const right: object = defineBackend(schema, {
  rules,
  webhooks: {
    "review.created": webhook("reviews", { on: ["create"], select: ["id", "created", "author", "doubled"] }),
    "review.worse": webhook("reviews", {
      on: ["update"],
      changed: ["stars"],
      when: ({ row, before }) => row.stars.lt(before.stars).and(before.body.isNotNull()),
      select: ["id"],
      orderBy: "author",
    }),
  },
});

// @ts-expect-error: no such table
webhook("review", { on: ["create"], select: ["id"] });
// @ts-expect-error: a column must be named
webhook("reviews", { on: ["create"] });
// @ts-expect-error: no such column
webhook("reviews", { on: ["create"], select: ["name"] });
// @ts-expect-error: a secret is nobody's
webhook("reviews", { on: ["create"], select: ["key"] });
// @ts-expect-error: no such operation
webhook("reviews", { on: ["insert"], select: ["id"] });
// @ts-expect-error: no such column
webhook("reviews", { on: ["update"], select: ["id"], changed: ["star"] });
// @ts-expect-error: no such column
webhook("reviews", { on: ["create"], select: ["id"], orderBy: "school" });
// @ts-expect-error: stars are numbers
webhook("reviews", { on: ["create"], select: ["id"], when: ({ row }) => row.stars.eq("five") });
// @ts-expect-error: nobody in particular is asking
webhook("reviews", { on: ["create"], select: ["id"], when: ({ row, me }) => row.author.eq(me.id) });
// @ts-expect-error: no condition
webhook("reviews", { on: ["create"], select: ["id"], when: ({ row }) => row.stars });

const other: Schema<{
  tables: { schools: Record<never, never> };
  roles: never;
  claims: Record<never, never>;
  computed: Record<never, never>;
}> = defineSchema({ schools: {} }) as never;
// @ts-expect-error: a webhook of another schema
defineBackend(other, {
  rules: { schools: () => ({ read: everyone, write: nobody }) },
  webhooks: { "a.b": webhook("reviews", { on: ["create"], select: ["id"] }) },
});
