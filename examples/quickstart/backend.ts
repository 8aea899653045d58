import { defineBackend, defineSchema, everyone, integer, ref, text } from "chassis";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    books: {
      title: text().min(1).max(200).search(),
      writer: text().max(120).index(),
      year: integer().min(0).optional(),
    },
    reviews: {
      book: ref("books").immutable().onDelete("cascade"),
      reader: ref("users").immutable().defaultToActor(),
      stars: integer().min(1).max(5),
      body: text().max(4000),
    },
  },
  {
    roles: ["librarian"],
    computed: {
      books: (row) => ({ rating: row.reviews.avg((review) => review.stars) }),
    },
  },
);

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    books: ({ me }) => ({ read: everyone, write: me.hasRole("librarian") }),
    reviews: ({ row, me }) => ({
      read: everyone,
      create: row.reader.eq(me.id),
      update: row.reader.eq(me.id),
      delete: row.reader.eq(me.id).or(me.hasRole("librarian")),
    }),
  },
});
