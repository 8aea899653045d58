import { accountEmail, bool, defineSchema, id, integer, ref, table, text, timestamp } from "chassis";

/** The data of Pathways: real schools, and what visitors say of them. The guide's own words are in content/. */
export const schema = defineSchema(
  {
    /** Whoever has an account: sign-up asks for the name, and makes the row. */
    users: {
      id: id("text"),
      name: text().min(1).max(80),
      /** The account's address, where mails go: sign-in keeps it here, and nobody else writes it. */
      address: accountEmail(),
      /** Wants a mail a week about new reviews of saved schools. */
      digest: bool().default(false),
      /** Until when the last of these mails reaches. */
      digested: timestamp().optional(),
      /** Wants to know of every new review. For editors. */
      notices: bool().default(false),
    },

    schools: table(
      {
        name: text().min(1).max(300).search(),
        /** The name as a dictionary would order it: see schools/sort-name.ts. */
        sort_name: text().min(1).max(300),
        /** One a line. Often the name in English. */
        other_names: text().max(4000).optional().search(),
        domain: text().max(253).unique(),
        country: text().length(2).optional().index(),
        /** A label and nothing else: no order, no search and no rating looks at it. */
        featured: bool().default(false).index(),
      },
      { indexes: [["sort_name", "domain"]] },
    ),

    reviews: table(
      {
        school: ref("schools").immutable().onDelete("cascade"),
        author: ref("users").immutable().defaultToActor().onDelete("cascade"),
        stars: integer().min(1).max(5),
        body: text().min(1).max(4000),
      },
      { unique: [["school", "author"]] },
    ),

    saved_schools: table(
      {
        owner: ref("users").immutable().defaultToActor().onDelete("cascade"),
        school: ref("schools").immutable().onDelete("cascade"),
      },
      { unique: [["owner", "school"]] },
    ),
  },
  {
    roles: ["editor"],
    computed: {
      schools: (row) => ({
        /** The mean of the stars, null without reviews. */
        rating: row.reviews.avg((review) => review.stars),
        review_count: row.reviews.count(),
        /**
         * The rating, and 0 without one: what the finder orders by. Worked out when it is read, so that no way of writing a
         * review can leave it wrong; README.md says what that costs.
         */
        score: row.reviews.avg((review) => review.stars).orElse(0),
      }),
    },
  },
);
