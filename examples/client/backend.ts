import { AppError, defineBackend, defineSchema, everyone, integer, mutation, ref, signedIn, table, text } from "chassis";
import { z } from "zod";

const schema = defineSchema({
  users: { name: text().min(1).max(80) },
  books: { title: text().min(1).max(200).search(), year: integer().optional(), copies: integer().min(0).default(1) },
  reviews: table(
    {
      book: ref("books").immutable().onDelete("cascade"),
      reader: ref("users").immutable().defaultToActor(),
      stars: integer().min(1).max(5),
      body: text().max(4000).default(""),
    },
    { unique: [["book", "reader"]] },
  ),
});

export default defineBackend(schema, {
  auth: true,
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    books: () => ({ read: everyone, write: signedIn }),
    reviews: ({ row, me }) => ({ read: everyone, write: row.reader.eq(me.id) }),
  },
  functions: {
    /** Takes a copy from the shelf, and gives how many are left. */
    borrow: mutation({ input: z.object({ book: z.uuid() }), access: signedIn }, async ({ db, input }) => {
      const book = await db.books.get(input.book);
      if (book === null) throw new AppError("notFound", { message: "There is no such book." });
      if (book.copies === 0) throw new AppError("checkViolation", { message: "Every copy is out." });
      return (await db.asSystem().books.update(book.id, { copies: book.copies - 1 })).copies;
    }),
  },
});
