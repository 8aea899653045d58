import { bool, defineBackend, defineSchema, email, everyone, id, integer, nobody, ref, table, text, timestamp } from "chassis";

/** Pathways as it was before it had accounts: people signed in with a token, and told an address by themselves. For the test of its migration. */
const schema = defineSchema(
  {
    users: {
      id: id("text"),
      name: text().min(1).max(80),
      email: email().optional(),
      confirmed_email: email().optional(),
      digest: bool().default(false),
      digested: timestamp().optional(),
      notices: bool().default(false),
    },

    confirmations: {
      user: ref("users").unique().onDelete("cascade"),
      email: email(),
      token_hash: text().length(64).unique(),
      expires: timestamp(),
    },

    schools: table(
      {
        name: text().min(1).max(300).search(),
        sort_name: text().min(1).max(300),
        other_names: text().max(4000).optional().search(),
        domain: text().max(253).unique(),
        country: text().length(2).optional().index(),
        featured: bool().default(false).index(),
      },
      { indexes: [["sort_name", "domain"]] },
    ),

    reviews: table(
      {
        school: ref("schools").immutable().onDelete("cascade"),
        author: ref("users").immutable().defaultToActor(),
        stars: integer().min(1).max(5),
        body: text().min(1).max(4000),
      },
      { unique: [["school", "author"]] },
    ),

    saved_schools: table(
      {
        owner: ref("users").immutable().defaultToActor(),
        school: ref("schools").immutable().onDelete("cascade"),
      },
      { unique: [["owner", "school"]] },
    ),
  },
  {
    roles: ["editor"],
    computed: {
      schools: (row) => ({
        rating: row.reviews.avg((review) => review.stars),
        review_count: row.reviews.count(),
        score: row.reviews.avg((review) => review.stars).orElse(0),
      }),
    },
  },
);

const closed = () => ({ read: everyone, write: nobody });

export default defineBackend(schema, {
  rules: { users: closed, confirmations: closed, schools: closed, reviews: closed, saved_schools: closed },
});
