import { defineBackend, defineSchema, id, integer, signedIn, table, text } from "chassis";

const fields = { id: id("integer"), body: text().max(200), count: integer().default(0) };

/** Tables that differ in what is kept of their past alone. */
const schema = defineSchema({
  plain: fields,
  remembered: table(fields, { history: true }),
  audited: table(fields, { audit: true }),
  both: table(fields, { history: true, audit: true }),
});
const rules = () => ({ read: signedIn, write: signedIn });

export default defineBackend(schema, { rules: { plain: rules, remembered: rules, audited: rules, both: rules } });
