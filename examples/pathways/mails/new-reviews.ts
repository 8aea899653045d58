import { divider, heading, link, mail, paragraph, quote, small, subheading } from "chassis/mail";
import { z } from "zod";

const review = z.object({ author: z.string(), stars: z.int(), body: z.string() });
const school = z.object({ name: z.string(), domain: z.string(), reviews: z.array(review), more: z.int() });

export type SchoolInMail = z.input<typeof school>;

/** The week's reviews of the schools that somebody saved. */
export const newReviews = mail({
  list: "digest",
  input: z.object({ name: z.string(), schools: z.array(school).min(1), moreSchools: z.int() }),
  subject: ({ schools, moreSchools }) =>
    schools.length + moreSchools === 1
      ? `New reviews of ${schools[0]?.name ?? ""}`
      : `New reviews of ${schools.length + moreSchools} schools`,
  body: ({ name, schools, moreSchools }, { origin }) => [
    heading(`What others wrote, ${name}`),
    paragraph("These reviews of schools on your list are new since we last wrote."),
    ...schools.flatMap((each) => [
      subheading(link(`${origin}/schools/${each.domain}`, each.name)),
      ...each.reviews.flatMap(({ author, stars, body }) => [paragraph(`${author}, ${stars} of 5 stars:`), quote(body)]),
      each.more > 0 &&
        paragraph(
          link(`${origin}/schools/${each.domain}#reviews`, `And ${each.more} more ${each.more === 1 ? "review" : "reviews"}`),
        ),
    ]),
    moreSchools > 0 && paragraph(link(`${origin}/saved`, `And ${moreSchools} more of your schools`)),
    divider(),
    small("You asked for this mail once a week, in ", link(`${origin}/account`, "your account"), "."),
  ],
});
