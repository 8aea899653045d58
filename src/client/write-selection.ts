import { entriesOf } from "./entries-of.ts";
import { writeWhere } from "./write-where.ts";

/** What is wanted of rows, as it is written; `ListOptions` of `db` is its typed form. */
export interface SelectionOptions {
  readonly select?: readonly string[] | undefined;
  readonly include?: Readonly<Record<string, unknown>> | undefined;
  readonly where?: unknown;
  readonly orderBy?: unknown;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

type Plain = Readonly<Record<string, unknown>>;

export type Parameter = readonly [name: string, value: string];

/** The parameters of a list: `select`, filters, order and limits, those of included relations with the relation's name before them. */
export function writeSelection(options: SelectionOptions): readonly Parameter[] {
  const parameters: Parameter[] = [];
  const items = writeLevel(options, "", parameters);
  return items === "*" ? parameters : [["select", items], ...parameters];
}

/** Adds the parameters of one level, and of those inside it; gives what stands in `select`. */
function writeLevel(options: SelectionOptions, path: string, parameters: Parameter[]): string {
  const { select, include = {}, where, orderBy, limit, offset } = options;
  const relations = entriesOf(include);
  if (where !== undefined) {
    for (const { name, value } of writeWhere(where, Object.fromEntries(relations))) parameters.push([path + name, value]);
  }
  const order = (orderBy !== undefined && writeOrder(orderBy)) || undefined;
  parameters.push(...writeGiven({ order, limit, offset }, path));
  const embeds = relations.map(([relation, option]) => {
    if (option !== true && (typeof option !== "object" || option === null))
      throw new TypeError(`include: '${relation}' needs true or an object such as { select: ["name"] }.`);
    return `${relation}(${writeLevel(option === true ? {} : option, `${path}${relation}.`, parameters)})`;
  });
  // The related row stands in place of the reference that has its name.
  const columns = select?.filter((column) => !Object.hasOwn(include, column) || include[column] === undefined) ?? ["*"];
  const items = [...columns, ...embeds];
  if (items.length === 0) throw new TypeError("select names no column.");
  return items.join(",");
}

/** Those that are there. */
export function writeGiven(options: Readonly<Record<string, string | number | undefined>>, path = ""): readonly Parameter[] {
  return entriesOf(options).map(([name, value]) => [path + name, String(value)]);
}

/** `created.desc,moderator.asc.nullsfirst`. */
function writeOrder(orderBy: unknown): string {
  return [orderBy as Plain | readonly Plain[]]
    .flat()
    .flatMap((object) => entriesOf<unknown>(object))
    .map(([column, option]) => {
      const { direction, nulls } = typeof option === "string" ? { direction: option } : (option as OrderTerm);
      if (direction !== "asc" && direction !== "desc") throw new TypeError(`orderBy: '${column}' is neither asc nor desc.`);
      return `${column}.${direction}${nulls === undefined ? "" : `.nulls${nulls}`}`;
    })
    .join(",");
}

interface OrderTerm {
  readonly direction: string;
  readonly nulls?: string;
}

/** As an address has it. What a query string may hold as it is stays readable. */
export function writeSearch(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return "";
  return `?${parameters.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")}`;
}

/** But for `,`, `:`, `/` and `@`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(2C|3A|2F|40)/g, decodeURIComponent);
}
