import { button, heading, mail, paragraph, quote, small } from "chassis/mail";
import { z } from "zod";

/** Tells an editor of a review that is new or was changed. */
export const reviewNotice = mail({
  input: z.object({
    school: z.object({ name: z.string(), domain: z.string() }),
    review: z.object({ id: z.string(), author: z.string(), stars: z.int(), body: z.string() }),
    isNew: z.boolean(),
  }),
  subject: ({ school, isNew }) => `${isNew ? "A new" : "A changed"} review of ${school.name}`,
  body: ({ school, review, isNew }, { origin }) => [
    heading(school.name),
    paragraph(`${review.author} ${isNew ? "gave" : "now gives"} ${review.stars} of 5 stars, and writes:`),
    quote(review.body),
    button("Look at it", `${origin}/schools/${school.domain}#review-${review.id}`),
    small("You get this as an editor of Pathways. Your account has a switch for it."),
  ],
});
