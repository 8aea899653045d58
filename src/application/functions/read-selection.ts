import type { Embed, OrderTerm, SelectItem, Selection } from "../records/query.ts";
import type { ValueList } from "./value-list.ts";
import { readWhere, type WhereTable } from "./where.ts";

/** What is wanted of rows, as the calls of `db` say it; `IncludeOptions` is its typed form. */
export interface SelectionOptions {
  readonly select?: readonly string[];
  readonly include?: Readonly<Record<string, true | SelectionOptions | undefined>>;
  readonly where?: unknown;
  readonly orderBy?: OrderOption;
  readonly limit?: number;
  readonly offset?: number;
}

type OrderObject = Readonly<Record<string, OrderDirection | undefined>>;
export type OrderOption = OrderObject | readonly OrderObject[];

type Direction = "asc" | "desc";
type OrderDirection = Direction | { readonly direction: Direction; readonly nulls?: "first" | "last" };

/** The selection that the options describe, its values added to `values`. Names are left for the records to check. */
export function readSelection(options: SelectionOptions, table: WhereTable, values: ValueList): Selection {
  const { where, orderBy, limit, offset } = options;
  return {
    items: readItems(options, table, values),
    ...(where === undefined ? {} : { where: readWhere(where, table, values) }),
    ...(orderBy === undefined ? {} : { order: readOrder(orderBy) }),
    ...(limit === undefined ? {} : { limit: values.add(limit) }),
    ...(offset === undefined ? {} : { offset: values.add(offset) }),
  };
}

function readItems({ select, include = {} }: SelectionOptions, table: WhereTable, values: ValueList): readonly SelectItem[] {
  const embeds = Object.entries(include).flatMap(([target, options]): readonly Embed[] => {
    if (options === undefined) return [];
    if (options !== true && (typeof options !== "object" || options === null)) {
      throw new TypeError(`include: '${target}' needs true or an object such as { select: ["name"] }.`);
    }
    // A name that is no relation is refused by the records, with a word on what was meant.
    const to = table.target(target) ?? noRelations;
    const selection = readSelection(options === true ? {} : options, to, values);
    return [{ type: "embed", target, join: "left", spread: false, selection }];
  });
  if (select === undefined) return [{ type: "all" }, ...embeds];
  // The related row stands in place of the reference that has its name.
  const included = new Set(embeds.map(({ target }) => target));
  const columns = select.filter((column) => !included.has(column));
  const items: readonly SelectItem[] = [
    ...columns.map((column) => ({ type: "field", path: { column, json: [] } }) as const),
    ...embeds,
  ];
  if (items.length === 0) throw new TypeError("select names no column.");
  return items;
}

const noRelations: WhereTable = { has: () => false, target: () => undefined };

export function readOrder(orderBy: OrderOption): readonly OrderTerm[] {
  const objects: readonly OrderObject[] = Array.isArray(orderBy) ? orderBy : [orderBy];
  return objects.flatMap((object) =>
    Object.entries(object).flatMap(([column, option]): readonly OrderTerm[] => {
      if (option === undefined) return [];
      const term = typeof option === "string" ? { direction: option } : option;
      if (term.direction !== "asc" && term.direction !== "desc")
        throw new TypeError(`orderBy: '${column}' is neither asc nor desc.`);
      return [{ path: { column, json: [] }, ...term }];
    }),
  );
}
