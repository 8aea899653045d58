import { type Model, type Table, tableOf } from "#database";
import { UsageError } from "../command-line/command-error.ts";

/** Which rows and columns, in the words of the data API. */
export interface QueryOptions {
  /** Each `column=operator.value`. */
  readonly where?: readonly string[];
  readonly select?: string;
  readonly order?: string;
  readonly limit?: number;
  /** Deleted rows that are kept come too. */
  readonly deleted?: boolean;
}

/** The query string of the data API that asks for the same. What is given needs no encoding. `model`: where nothing may refer to what is left out. */
export function addressOf(
  { where = [], select, order, limit, deleted = false }: QueryOptions,
  table: Table,
  model?: Model,
): string {
  const pairs: (readonly [string, string])[] = where.map(readCondition);
  if (select !== undefined) pairs.push(["select", select]);
  if (order !== undefined) pairs.push(["order", order]);
  if (limit !== undefined) pairs.push(["limit", String(limit)]);
  if (deleted && table.softDelete !== undefined) pairs.push(["deletedRows", "include"]);
  if (!deleted && model !== undefined) pairs.push(...ofPresent(table, model));
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
}

/** Memberships of an organisation that is deleted and kept wait where they are: without it they would refer to nothing. */
function ofPresent({ name }: Table, model: Model): readonly (readonly [string, string])[] {
  const { organisations } = model;
  if (organisations?.members !== name || tableOf(model, organisations.table).softDelete === undefined) return [];
  return [[organisations.organisation, "some.()"]];
}

export function refuseManyTables({ where, select, order }: QueryOptions): void {
  const given = [
    where === undefined ? undefined : "--where",
    select === undefined ? undefined : "--select",
    order === undefined ? undefined : "--order",
  ];
  const named = given.find((each) => each !== undefined);
  if (named !== undefined) throw new UsageError(`${named} is about one table: export it by itself.`);
}

/** A second condition in the text of one would silently be a part of its value. */
const SECOND = /&[A-Za-z][\w.>"-]*=(?:not\.)?[a-z]+[.(]/;

const ours = new Set(["select", "order", "limit", "offset", "after", "columns", "on_conflict", "asOf", "deletedRows"]);

function readCondition(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new UsageError(`A condition is written column=operator.value, such as stars=gte.4, not '${text}'.`);
  if (SECOND.test(text)) throw new UsageError(`Give each condition its own --where: '${text}' has two.`);
  const name = text.slice(0, equals);
  if (ours.has(name))
    throw new UsageError(`'${name}' is no condition: a column of that name is written in quotes, '"${name}"=eq.1'.`);
  return [name, text.slice(equals + 1)];
}
