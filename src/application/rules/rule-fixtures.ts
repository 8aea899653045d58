import { defineSchema } from "../schema/define-schema.ts";
import type { DefinitionProblem } from "../schema/definition-error.ts";
import { bool, date, decimal, enums, integer, json, real, ref, secret, text, timestamp } from "../schema/fields.ts";
import { table } from "../schema/table.ts";
import { buildRules } from "./build-rules.ts";
import type { RuleScope } from "./rule-types.ts";
import type { RuleBook } from "./rules.ts";

const schema = defineSchema(
  {
    users: { name: text(), password: secret(), friend: ref("users").optional().inverse("friends") },
    schools: { name: text(), country: text().optional(), data: json(), eq: text() },
    editors: table({ school: ref("schools"), user: ref("users") }, { unique: [["school", "user"]] }),
    profiles: { user: ref("users").unique(), bio: text() },
    reviews: {
      school: ref("schools"),
      author: ref("users"),
      stars: integer(),
      fee: decimal(10, 2),
      weight: real(),
      body: text(),
      live: bool(),
      status: enums("draft", "live"),
      at: timestamp(),
      day: date(),
    },
  },
  {
    roles: ["editor", "admin"],
    claims: { organisation: text(), level: integer() },
    computed: { schools: (row) => ({ rating: row.reviews.avg((review) => review.stars) }) },
  },
);
export type Scope = RuleScope<typeof schema, "reviews">;

/** A scope whose rows have whatever is asked of them, as callers without types see it. */
export type AnyMember = { readonly [name: string]: AnyMember } & ((...args: unknown[]) => AnyMember);
export type LooseScope = { readonly row: AnyMember; readonly next: AnyMember; readonly me: AnyMember };

export function build(rules: object): { readonly book: RuleBook; readonly problems: readonly string[] } {
  const problems: DefinitionProblem[] = [];
  const book = buildRules(schema.model, rules as Readonly<Record<string, unknown>>, problems);
  return { book, problems: problems.map(({ place, message }) => `${place}: ${message}`) };
}
