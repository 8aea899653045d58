import { functionsOf, signedIn } from "chassis";
import { schema } from "./schema.ts";

const { query } = functionsOf(schema);

/** How many tasks of the caller's projects are open and how many are done. */
export const summary = query({ access: signedIn }, async ({ db }) => {
  const counts = await db.tasks.aggregate({ groupBy: ["state"], values: { tasks: "count" } });
  const of = (state: string): number => counts.find((each) => each.state === state)?.tasks ?? 0;
  return { open: of("open"), done: of("done") };
});
