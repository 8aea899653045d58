import { defineBackend, defineSchema, everyone, id, nobody, text } from "chassis";

/** Two tables that differ in their number of rows alone. */
const schema = defineSchema({
  few: { id: id("integer"), name: text().max(40).index() },
  many: { id: id("integer"), name: text().max(40).index() },
});

export default defineBackend(schema, {
  rules: {
    few: () => ({ read: everyone, write: nobody }),
    many: () => ({ read: everyone, write: nobody }),
  },
});
