import type { PlannedStep } from "../step.ts";

/** A migration as its file exports it: plain data. */
export interface Migration {
  /** What it is for, in a few words; the file's name has it too. */
  readonly name: string;
  /** The fingerprint of the schema that it starts from. It is refused on any other. */
  readonly from: string;
  /** The fingerprint of the schema that it leads to. */
  readonly to: string;
  /** Each with what undoes it; rolling back runs these from the last step to the first. */
  readonly steps: readonly PlannedStep[];
  /** What the values of new and changed columns mean, where the tables do not show it (a decimal's scale). By `table.column`. */
  readonly kinds: Readonly<Record<string, string>>;
}

/** A migration with the name by which the database remembers it. */
export interface NamedMigration {
  /** `<yyyymmddhhmmss>_<name>`: the name of its file without the ending. They run in the order of their ids. */
  readonly id: string;
  readonly migration: Migration;
}

/** The identity function with a type: `export default migration({...})` in a migration's file. */
export function migration<const M extends Migration>(definition: M): M {
  return definition;
}
