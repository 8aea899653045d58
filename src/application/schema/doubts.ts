import type { Model } from "#database";
import type { DefinitionProblem } from "./definition-error.ts";

/** What a schema with mistakes cannot answer for. */
export interface Doubts {
  /** A table that is not there might be without the mistakes. */
  ofTables(): boolean;
  /** There is something wrong with that field or computed field. */
  ofField(table: string, name: string): boolean;
  /** The table has nothing of that name, and might have it without the mistakes. */
  ofAbsence(table: string, name: string): boolean;
  ofRoles(): boolean;
  ofClaim(name: string): boolean;
  ofOrganisations(): boolean;
}

/** The model of a schema, which has mistakes where it has doubts. */
export interface DraftModel extends Model {
  readonly doubts?: Doubts;
}

interface Written {
  readonly tables: Iterable<string>;
  /** The names that `.inverse()` gave. */
  readonly inverses: Iterable<string>;
}

/** `problems` may still grow: the answers are those of the moment. */
export function createDoubts(problems: readonly DefinitionProblem[], { tables, inverses }: Written): Doubts {
  const tableNames = new Set(tables);
  const relationNames = new Set([...tableNames, ...inverses]);
  const isWrong = (...places: readonly string[]): boolean => problems.some(({ place }) => places.includes(place));
  // A reference that is wrong takes its way back with it, and ways through a junction: from which table, nobody knows.
  const someTableIsWrong = (): boolean => problems.some(({ place }) => tableNames.has(place.split(".", 1)[0] ?? ""));
  return {
    ofTables: () => isWrong("tables"),
    ofField: (table, name) => isWrong(`${table}.${name}`, `computed.${table}.${name}`),
    ofAbsence: (table, name) =>
      isWrong("tables", table, "computed", `computed.${table}`) || (relationNames.has(name) && someTableIsWrong()),
    ofRoles: () => problems.some(({ place }) => place === "roles" || place.startsWith("roles.")),
    ofClaim: (name) => isWrong("claims", `claims.${name}`),
    ofOrganisations: () => isWrong("tables", "organisations") || problems.some(({ place }) => place.startsWith("organisations.")),
  };
}
