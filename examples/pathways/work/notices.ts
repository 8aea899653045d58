import { jobsOf } from "chassis";
import { z } from "zod";
import { reviewNotice } from "../mails/review-notice.ts";
import { schema } from "../schema.ts";

const { job } = jobsOf(schema);

/** Tells the editors who want to know of a review that is new or says something else now. */
export const noticeEditors = job(
  { input: z.object({ operation: z.enum(["create", "update"]), row: z.object({ id: z.string() }) }) },
  ({ input: { operation, row }, complete }) =>
    complete(async (db, enqueue) => {
      const review = await db.reviews.get(row.id, { include: { author: true, school: true } });
      // It was deleted since.
      if (review === null || review.school === null) return;
      const { author, school } = review;
      const data = {
        school: { name: school.name, domain: school.domain },
        review: { id: review.id, author: author?.name ?? "Somebody", stars: review.stars, body: review.body },
        isNew: operation === "create",
      };
      for (const editor of await db.users.list({ where: { notices: true } })) {
        if (editor.address !== null && editor.id !== author?.id) await enqueue(reviewNotice, { to: editor.address, data });
      }
    }),
);
