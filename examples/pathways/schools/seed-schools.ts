import type { SeedContext } from "chassis";
import { listDirectory } from "./list-directory.ts";
import { readSchools } from "./read-schools.ts";
import { sortName } from "./sort-name.ts";

const batchSize = 2000;

/**
 * Imports the list of schools into a database that has none: all of it in one transaction, so that a start that is broken
 * off leaves nothing behind and the next one begins anew.
 */
export async function seedSchools(app: SeedContext): Promise<void> {
  const present = await app.records.read(
    {
      table: "schools",
      selection: { items: [{ type: "field", path: { column: "id", json: [] } }], limit: 0 },
      values: [1],
      form: "json",
    },
    app.system,
  );
  if (present.rows > 0) return;
  app.report("Reading the list of schools");
  const { schools, files, lists, repetitions } = readSchools(listDirectory());
  app.report(`${files} files: ${schools.length} schools, ${lists} lists and ${repetitions} repetition left out`);
  await app.transaction(async (records) => {
    for (let start = 0; start < schools.length; start += batchSize) {
      const rows = schools.slice(start, start + batchSize).map(({ domain, name, otherNames, country }) => ({
        domain,
        name,
        sort_name: sortName(name),
        other_names: otherNames.length === 0 ? null : otherNames.join("\n"),
        country,
      }));
      await records.write(
        { type: "insert", table: "schools", rows, rowForm: "json", missing: "default", values: [], form: "json" },
        app.system,
      );
      app.report(`Importing schools: ${Math.min(start + batchSize, schools.length)} of ${schools.length}`);
    }
  });
}
