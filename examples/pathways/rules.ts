import { everyone, nobody, type Rules } from "chassis";
import type { schema } from "./schema.ts";

/** Who may do what. Whatever no rule allows is refused, on every way to the data. */
export const rules: Rules<typeof schema> = {
  users: ({ row, me }) => ({
    read: everyone,
    create: row.id.eq(me.id),
    update: row.id.eq(me.id),
    delete: nobody,
    // Everything but the name is between its user and the site.
    fields: {
      address: { read: row.id.eq(me.id) },
      // Mails are for whoever has shown that they read them: an account that an operator made has not at first.
      digest: { read: row.id.eq(me.id), write: me.isVerified },
      digested: { read: row.id.eq(me.id), write: nobody },
      notices: { read: row.id.eq(me.id), write: me.isVerified.and(me.hasRole("editor")) },
    },
  }),

  schools: ({ me }) => ({
    read: everyone,
    write: me.hasRole("editor"),
    // Said again for this field, so that it stays with editors should others be let in to correct a name.
    fields: { featured: { write: me.hasRole("editor") } },
  }),

  reviews: ({ row, me }) => ({
    read: everyone,
    create: row.author.eq(me.id),
    update: row.author.eq(me.id),
    delete: row.author.eq(me.id).or(me.hasRole("editor")),
  }),

  saved_schools: ({ row, me }) => ({
    read: row.owner.eq(me.id),
    write: row.owner.eq(me.id),
  }),
};
