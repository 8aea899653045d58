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
 *
 * Steps run in this order; each says what undoes it. Try it with `chassis migrate rehearse` after every edit.
 */
export default migration({
  name: "accounts",
  from: "1daf5a44dde22f0f",
  to: "ea8810cbdcf4d3de",
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
    // 3. hide column users.email
    {
      type: "hideColumn",
      table: "users",
      column: "email",
      undo: [{ type: "showColumn", table: "users", column: "email", definition: "TEXT", constraints: {} }],
    },
    // 4. hide table confirmations
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
