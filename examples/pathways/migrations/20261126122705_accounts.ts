import { migration } from "chassis";

/**
 * Accounts.
 *
 * What gets lost, as it was allowed:
 * - The column 'users.email' is dropped with its values in 1 row.
 * - The table 'confirmations' is dropped with its 1 row.
 *
 * The version before does not work on this schema:
 * - It uses 'users.confirmed_email', which is there no more.
 * - (works, but) A row that 'reviews.author' refers to is deleted with another effect (CASCADE).
 * - (works, but) A row that 'saved_schools.owner' refers to is deleted with another effect (CASCADE).
 *
 * Steps run in this order; each says what undoes it. Try it with `chassis migrate rehearse` after every edit.
 */
export default migration({
  name: "accounts",
  from: "1daf5a44dde22f0f",
  to: "73834e7601f40798",
  steps: [
    // 1. rename column users.confirmed_email to address
    //    ALTER TABLE "users" RENAME COLUMN "confirmed_email" TO "address"
    {
      type: "renameColumn",
      table: "users",
      from: "confirmed_email",
      to: "address",
      undo: [{ type: "renameColumn", table: "users", from: "address", to: "confirmed_email" }],
    },
    // 2. let the names of constraints and indexes of users follow
    {
      type: "renameObjects",
      table: "users",
      constraints: { users_confirmed_email_form: "users_address_form" },
      indexes: {},
      undo: [
        {
          type: "renameObjects",
          table: "users",
          constraints: { users_address_form: "users_confirmed_email_form" },
          indexes: {},
        },
      ],
    },
    // 3. change constraint reviews_author_fkey of reviews
    //    ALTER TABLE "reviews" DROP CONSTRAINT "reviews_author_fkey"
    //    ALTER TABLE "reviews" ADD CONSTRAINT "reviews_author_fkey" FOREIGN KEY ("author") REFERENCES "users"("id") ON DELETE CASCADE
    {
      type: "addConstraint",
      table: "reviews",
      name: "reviews_author_fkey",
      constraint: 'FOREIGN KEY ("author") REFERENCES "users"("id") ON DELETE CASCADE',
      replaces: 'FOREIGN KEY ("author") REFERENCES "users"("id") ON DELETE RESTRICT',
      undo: [
        {
          type: "addConstraint",
          table: "reviews",
          name: "reviews_author_fkey",
          constraint: 'FOREIGN KEY ("author") REFERENCES "users"("id") ON DELETE RESTRICT',
          replaces: 'FOREIGN KEY ("author") REFERENCES "users"("id") ON DELETE CASCADE',
        },
      ],
    },
    // 4. change constraint saved_schools_owner_fkey of saved_schools
    //    ALTER TABLE "saved_schools" DROP CONSTRAINT "saved_schools_owner_fkey"
    //    ALTER TABLE "saved_schools" ADD CONSTRAINT "saved_schools_owner_fkey" FOREIGN KEY ("owner") REFERENCES "users"("id") ON DELETE CASCADE
    {
      type: "addConstraint",
      table: "saved_schools",
      name: "saved_schools_owner_fkey",
      constraint: 'FOREIGN KEY ("owner") REFERENCES "users"("id") ON DELETE CASCADE',
      replaces: 'FOREIGN KEY ("owner") REFERENCES "users"("id") ON DELETE RESTRICT',
      undo: [
        {
          type: "addConstraint",
          table: "saved_schools",
          name: "saved_schools_owner_fkey",
          constraint: 'FOREIGN KEY ("owner") REFERENCES "users"("id") ON DELETE RESTRICT',
          replaces: 'FOREIGN KEY ("owner") REFERENCES "users"("id") ON DELETE CASCADE',
        },
      ],
    },
    // 5. hide column users.email
    {
      type: "hideColumn",
      table: "users",
      column: "email",
      undo: [{ type: "showColumn", table: "users", column: "email", definition: "TEXT", constraints: {} }],
    },
    // 6. hide table confirmations
    {
      type: "hideTable",
      table: "confirmations",
      undo: [
        {
          type: "showTable",
          table: "confirmations",
          constraints: { confirmations_user_fkey: 'FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE CASCADE' },
        },
      ],
    },
  ],
  kinds: { "users.address": "text" },
});
