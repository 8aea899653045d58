import { ChassisError, type Client } from "chassis/client";
import type backend from "./backend.ts";

/** What the code of the pages works with. */
export type Api = Client<typeof backend>;

/** The books of these words with their best reviews, as a page shows them. */
export function searchBooks(api: Api, words: string, signal?: AbortSignal) {
  return api.books.list({
    where: { title: { search: words }, reviews: { some: { stars: { gte: 4 } } } },
    orderBy: [{ year: "desc" }, { title: "asc" }],
    select: ["id", "title"],
    include: {
      reviews: { select: ["stars", "body"], orderBy: { stars: "desc" }, limit: 2, include: { reader: { select: ["name"] } } },
    },
    limit: 20,
    signal,
  });
}

/** Says what a reader thinks of a book; once more changes it. Gives a message where it cannot be said. */
export async function review(api: Api, book: string, stars: number, body: string): Promise<string | undefined> {
  try {
    await api.reviews.upsert({ book, stars, body }, { onConflict: ["book", "reader"] });
    return undefined;
  } catch (error) {
    if (!(error instanceof ChassisError)) throw error;
    if (error.error === "signInRequired" || error.error === "forbidden") return "Sign in first.";
    if (error.error === "validationFailed") return error.fields.map(({ field, message }) => `${field} ${message}`).join("; ");
    throw error;
  }
}
