import {
  AppError,
  defineBackend,
  defineSchema,
  everyone,
  integer,
  mutation,
  nobody,
  query,
  ref,
  signedIn,
  text,
  timestamp,
} from "chassis";
import { z } from "zod";

const schema = defineSchema(
  {
    users: { name: text().min(1).max(80) },
    books: { title: text().min(1).max(200).search(), copies: integer().min(0).default(1) },
    loans: {
      book: ref("books").immutable(),
      reader: ref("users").immutable(),
      returned: timestamp().optional(),
    },
  },
  { roles: ["librarian"] },
);

export default defineBackend(schema, {
  rules: {
    users: ({ row, me }) => ({ read: everyone, write: row.id.eq(me.id) }),
    books: ({ me }) => ({ read: everyone, write: me.hasRole("librarian") }),
    loans: ({ row, me }) => ({ read: row.reader.eq(me.id), write: nobody }),
  },
  functions: {
    /** The books of these words that can be taken home. */
    find: query({ input: z.object({ words: z.string().min(1).max(100) }), access: everyone }, ({ db, input }) =>
      db.books.list({
        where: { title: { search: input.words }, copies: { gt: 0 } },
        orderBy: { title: "asc" },
        select: ["id", "title"],
        limit: 20,
      }),
    ),

    /** Takes a book home: one copy less on the shelf and one loan more, or neither. */
    borrow: mutation({ input: z.object({ book: z.uuid() }), access: signedIn }, async ({ db, input, me }) => {
      if (me === null) throw new AppError("signInRequired");
      const book = await db.books.get(input.book);
      if (book === null) throw new AppError("notFound", { message: "There is no such book." });
      if (book.copies === 0) throw new AppError("checkViolation", { message: "Every copy is out." });
      // No reader may write loans or copies by themselves: this function decides.
      const system = db.asSystem();
      await system.books.update(book.id, { copies: book.copies - 1 });
      return system.loans.create({ book: book.id, reader: me.id });
    }),

    /** What has been borrowed most. Who borrowed it stays with the readers. */
    popular: query({ access: everyone }, ({ db }) =>
      db
        .asSystem()
        .sql.selectFrom("loans")
        .innerJoin("books", "books.id", "loans.book")
        .select(({ fn }) => ["books.title", fn.countAll<number>().as("loans")])
        .groupBy("books.id")
        .orderBy("loans", "desc")
        .orderBy("books.title")
        .limit(10)
        .execute(),
    ),
  },
});
