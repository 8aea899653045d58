import type { Column, Index, Relation } from "#database";
import type { DefinitionProblem } from "./definition-error.ts";

/** A table of which all is known but its relations. */
export interface BareTable {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly uniques: readonly Index[];
}

interface Edge {
  readonly from: BareTable;
  readonly column: Column;
  readonly to: BareTable;
  readonly constraint: string;
  readonly unique: boolean;
  readonly inverse: string | undefined;
}

/**
 * Every way from each table to another. Named are: references by their column; the ways back by `.inverse()`, else by the
 * referring table where one reference alone would have that name; ways through a junction by the target's name where it is free.
 * relation-types.ts says the same to the type checker. `inverses` has the names of `.inverse()` by the reference:
 * `reviews.author`.
 */
export function resolveRelations(
  tables: ReadonlyMap<string, BareTable>,
  inverses: ReadonlyMap<string, string>,
  problems: DefinitionProblem[],
): ReadonlyMap<string, readonly Relation[]> {
  const edges = [...tables.values()].flatMap((table) => edgesFrom(table, tables, inverses));
  checkInverses(edges, problems);
  const relations = new Map<string, readonly Relation[]>();
  for (const table of tables.values()) {
    const outward = edges.filter((edge) => edge.from === table).map(forward);
    const back = edges.filter((edge) => edge.to === table).map((edge) => backward(edge, edges));
    const taken = new Set([...table.columns.keys(), ...back.flatMap((relation) => relation.name ?? [])]);
    relations.set(table.name, [...outward, ...back, ...nameLinks(linksFrom(table, edges), taken)]);
  }
  return relations;
}

function edgesFrom(
  from: BareTable,
  tables: ReadonlyMap<string, BareTable>,
  inverses: ReadonlyMap<string, string>,
): readonly Edge[] {
  return [...from.columns.values()].flatMap((column) => {
    const to = tables.get(column.reference?.table ?? "");
    if (column.reference === undefined || to === undefined) return [];
    const unique = from.uniques.some(({ columns }) => columns.length === 1 && columns[0] === column.name);
    return [
      { from, column, to, constraint: column.reference.constraint, unique, inverse: inverses.get(`${from.name}.${column.name}`) },
    ];
  });
}

function forward({ from, column, to, constraint }: Edge): Relation {
  return {
    name: column.name,
    table: from.name,
    target: to.name,
    cardinality: "one",
    column: column.name,
    targetColumn: "id",
    constraint,
    foreignColumn: column.name,
    junction: undefined,
  };
}

function backward(edge: Edge, edges: readonly Edge[]): Relation {
  const { from, column, to, constraint, unique } = edge;
  return {
    name: backName(edge, edges),
    table: to.name,
    target: from.name,
    cardinality: unique ? "one" : "many",
    column: "id",
    targetColumn: column.name,
    constraint,
    foreignColumn: column.name,
    junction: undefined,
  };
}

function backName({ from, to, inverse }: Edge, edges: readonly Edge[]): string | undefined {
  const rivals = edges.filter((edge) => edge.from === from && edge.to === to && edge.inverse === undefined);
  const name = inverse ?? (rivals.length === 1 ? from.name : undefined);
  return name === undefined || to.columns.has(name) ? undefined : name;
}

/** Many-to-many: a table with a unique set of exactly two references joins what they refer to, in both directions. */
function linksFrom(table: BareTable, edges: readonly Edge[]): readonly Relation[] {
  const junctions = new Set(edges.map((edge) => edge.from));
  return [...junctions].flatMap((junction) =>
    junction.uniques.flatMap(({ columns }) => {
      const pair = edges.filter((edge) => edge.from === junction && columns.includes(edge.column.name));
      const [first, second] = pair;
      if (columns.length !== 2 || first === undefined || second === undefined) return [];
      return [...(first.to === table ? [link(first, second)] : []), ...(second.to === table ? [link(second, first)] : [])];
    }),
  );
}

function link(near: Edge, far: Edge): Relation {
  return {
    name: undefined,
    table: near.to.name,
    target: far.to.name,
    cardinality: "many",
    column: "id",
    targetColumn: "id",
    constraint: near.constraint,
    foreignColumn: near.column.name,
    junction: {
      table: near.from.name,
      column: near.column.name,
      targetColumn: far.column.name,
      targetConstraint: far.constraint,
    },
  };
}

function nameLinks(links: readonly Relation[], taken: ReadonlySet<string>): readonly Relation[] {
  return links.map((relation) => {
    const rivals = links.filter((other) => other.target === relation.target);
    return rivals.length > 1 || taken.has(relation.target) ? relation : { ...relation, name: relation.target };
  });
}

function checkInverses(edges: readonly Edge[], problems: DefinitionProblem[]): void {
  for (const edge of edges) {
    const { inverse, from, to, column } = edge;
    if (inverse === undefined) continue;
    const place = `${from.name}.${column.name}`;
    if (to.columns.has(inverse))
      problems.push({ place, message: `inverse("${inverse}"): '${to.name}' has a field of that name` });
    const rival = edges.find((other) => other !== edge && other.to === to && backName(other, edges) === inverse);
    if (rival === undefined) continue;
    const other = `${rival.from.name}.${rival.column.name}`;
    // Two that clash are reported once, at the later one.
    if (rival.inverse === undefined || edges.indexOf(rival) < edges.indexOf(edge)) {
      problems.push({
        place,
        message: `inverse("${inverse}"): the way back along ${other} has that name on '${to.name}' already`,
      });
    }
  }
}
