export interface Relation {
  /** As expressions and the typed client know it; undefined where two relations would share one (see `.inverse()`). */
  readonly name: string | undefined;
  readonly table: string;
  readonly target: string;
  readonly cardinality: "one" | "many";
  /** The joined columns: `table.column = target.targetColumn`. With a junction: each equals a column of the junction. */
  readonly column: string;
  readonly targetColumn: string;
  /** The foreign key that makes this relation; for a junction, the one that points to `table`. */
  readonly constraint: string;
  /** The referring column, whichever side it is on: what a hint (`target!column`) names. */
  readonly foreignColumn: string;
  /** Many-to-many alone. */
  readonly junction: Junction | undefined;
}

export interface Junction {
  readonly table: string;
  /** Refers to the near table. */
  readonly column: string;
  /** Refers to the target. */
  readonly targetColumn: string;
  /** The foreign key that points to the target. */
  readonly targetConstraint: string;
}
