import type { Scalar } from "#contract";
import {
  type Column,
  columnOf,
  compileSelect,
  expressions,
  type Output,
  type ResultRow,
  type StreamingConnection,
} from "#database";
import { secretsOf } from "../secrets/secret-columns.ts";
import type { SecretFields } from "../secrets/secret-fields.ts";
import { finish, parametersOf } from "./compiled.ts";
import { totalOrder } from "./cursor.ts";
import type { ReadQuery } from "./query.ts";
import { resolveSelection } from "./resolve-selection.ts";
import { createResolver, unknownTable } from "./resolver.ts";
import { compileContext, type Session } from "./session.ts";

/** A field of the rows of a stream. */
export interface StreamField {
  readonly name: string;
  /** What its values are; undefined for embedded rows and figures, whose JSON is all that is known of them. */
  readonly scalar: Scalar | undefined;
  /** Where it is a column as it stands. */
  readonly column: Column | undefined;
}

export interface RowStream {
  /** In the order of the fields of each row. Nulls are never left out. */
  readonly fields: readonly StreamField[];
  /** The JSON of each row, on one line. Without an order they come as they were made. */
  readonly rows: Iterable<string>;
}

/** Of a read what makes sense of all rows. */
export type StreamQuery = Pick<ReadQuery, "table" | "selection" | "values" | "form" | "deleted">;

export interface StreamOptions {
  /** Secret fields come too, after the others, in the clear: for the system alone, and for the columns of the table itself. */
  readonly secrets?: boolean;
}

/**
 * All rows that a query finds, one after the other, under the same rules as any read: however many they are, for no limit of a server and no
 * limit of time holds. The connection shows the state; of which it is, whoever opened it decides. Throws as a read does, before the first row.
 */
export function streamRows(
  session: Session,
  connection: StreamingConnection,
  query: StreamQuery,
  { secrets = false }: StreamOptions,
): RowStream {
  const { services, view } = session;
  const table = view.readableTable(query.table);
  if (table === undefined) throw unknownTable(view, query.table);
  if (secrets && view.restricted) throw new Error("Only the system is given secret fields.");
  const resolver = createResolver(view, { form: query.form, values: query.values, past: undefined }, services.limits);
  const scope = resolver.fresh();
  const place = { table, scope, depth: 0, stripNulls: false };
  const { deleted } = query;
  const plan = resolveSelection(resolver, query.selection, deleted === undefined ? place : { ...place, deleted });
  const order = plan.grouped || plan.order.length === 0 ? plan.order : totalOrder(plan);
  const hidden = secrets && !plan.grouped ? secretsOf(table).map((name) => columnOf(table, name)) : [];
  // No guard: it would look at the clock for a limit that there is not, and SQLite keeps some memory of each call until the end.
  const context = { ...compileContext(session), guarded: false };
  const extra = hidden.map((column) => expressions.column(expressions.scope(scope), column));
  const statement = finish(compileSelect({ ...plan, order }, context, { extra }), resolver.slots);
  const parameters = parametersOf(session, statement.bindings, statement.slots.read(query.values));
  return {
    fields: [
      ...plan.outputs.flatMap(fieldsOf),
      ...hidden.map((column) => ({ name: column.name, scalar: column.type.scalar, column })),
    ],
    rows: jsonRows(connection.each(statement.sql, parameters), hidden, services.secrets),
  };
}

/** Each row's JSON, with what was kept encrypted opened and added. */
function* jsonRows(
  rows: IterableIterator<ResultRow>,
  hidden: readonly Column[],
  secrets: SecretFields | undefined,
): IterableIterator<string> {
  if (hidden.length === 0 || secrets === undefined) {
    for (const [json] of rows) yield String(json);
    return;
  }
  for (const [json, ...closed] of rows) {
    const added = hidden.map(({ name }, place) => {
      const value = closed[place] ?? null;
      return `${JSON.stringify(name)}:${value === null ? "null" : JSON.stringify(secrets.open(String(value)))}`;
    });
    yield `${String(json).slice(0, -1)},${added.join(",")}}`;
  }
}

function fieldsOf(output: Output): readonly StreamField[] {
  if (output.type === "spread") {
    const inner = output.plan.outputs.flatMap(fieldsOf);
    return output.cardinality === "one" ? inner : inner.map(({ name }) => jsonField(name));
  }
  if (output.type !== "value" || output.aggregate !== undefined || output.cast !== undefined) return [jsonField(output.key)];
  const column = output.value.type === "column" ? output.value.column : undefined;
  return [{ name: output.key, scalar: output.valueType.scalar, column }];
}

function jsonField(name: string): StreamField {
  return { name, scalar: undefined, column: undefined };
}
