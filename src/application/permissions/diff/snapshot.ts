import { kinds, type KindName } from "#contract";
import { type Column, type Expression, type Model, operators, type Relation, type Table, typeProblem } from "#database";
import type { FieldRules, RuleBook, TableRules, UpdateRule } from "../../rules/rules.ts";
import type { VersionOfRules } from "./diff-rules.ts";

/** What a snapshot begins with. Another number is another form. */
const format = "chassis rules 1";

/** A file that is no snapshot of rules, or one of another version of Chassis. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

/**
 * Rules, the part of the model that they speak of, and who may call which function, as JSON: to be compared with later. The same
 * definition gives the same text.
 */
export function writeSnapshot({ model, rules, functions }: VersionOfRules): string {
  const { roles, actorId } = model;
  const tables = [...model.tables.values()].map((table) => ({
    name: table.name,
    rowKey: table.rowKey,
    columns: [...table.columns.values()].map((column) => ({ ...column, kind: column.kind.name })),
    relations: table.relations,
    uniques: table.uniques,
    checks: table.checks,
    softDelete: table.softDelete !== undefined,
    history: table.history !== undefined,
    rules: rulesOf(rules.get(table.name)),
  }));
  const access = Object.fromEntries([...functions].map(([name, { access: condition }]) => [name, condition]));
  const content = { format, roles, claims: Object.fromEntries(model.claims), actorId, tables, functions: access };
  return `${JSON.stringify(content, (key, value: unknown) => packed(key, value, model), 1)}\n`;
}

function rulesOf(rules: TableRules | undefined): unknown {
  return rules === undefined ? null : { ...rules, fields: Object.fromEntries(rules.fields) };
}

/** Columns and relations stand by their names where expressions speak of them; what JSON has no form for gets one. */
function packed(key: string, value: unknown, model: Model): unknown {
  if (typeof value === "bigint") return { $integer: String(value) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("hex") };
  if (typeof value !== "object" || value === null) return value;
  if (key === "column" && "kind" in value && "table" in value) {
    const { table, name } = value as unknown as Column;
    return { $column: [table, name] };
  }
  if (key === "relation" && "cardinality" in value) {
    const { table } = value as unknown as Relation;
    return { $relation: [table, model.tables.get(table)?.relations.indexOf(value as unknown as Relation) ?? -1] };
  }
  return value;
}

interface Written {
  readonly format: string;
  readonly roles: readonly string[];
  readonly claims: Readonly<Record<string, Model["actorId"]>>;
  readonly actorId: Model["actorId"];
  readonly tables: readonly WrittenTable[];
  readonly functions: Readonly<Record<string, unknown>>;
}

interface WrittenTable extends Omit<Table, "columns" | "checks" | "softDelete" | "history"> {
  readonly columns: readonly (Omit<Column, "kind" | "computed"> & { readonly kind: KindName; readonly computed?: unknown })[];
  readonly checks: readonly { readonly name: string; readonly expression: unknown }[];
  readonly softDelete: boolean;
  readonly history: boolean;
  readonly rules: (Omit<TableRules, "fields"> & { readonly fields: Readonly<Record<string, FieldRules>> }) | null;
}

/** The rules of a snapshot. Throws `SnapshotError` for what is none. */
export function readSnapshot(text: string): VersionOfRules {
  let written: Written;
  try {
    written = JSON.parse(text) as Written;
  } catch {
    throw new SnapshotError("It is no JSON.");
  }
  if (
    typeof written !== "object" ||
    written === null ||
    typeof written.format !== "string" ||
    !written.format.startsWith("chassis rules ")
  )
    throw new SnapshotError("It is no snapshot of rules, as `chassis rules snapshot` prints it.");
  if (written.format !== format)
    throw new SnapshotError(`It is a snapshot of another version: '${written.format}', not '${format}'.`);
  try {
    return new SnapshotReader(written).read();
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    throw new SnapshotError("It is damaged: something that it should say is not there.", { cause: error });
  }
}

class SnapshotReader {
  readonly #written: Written;
  readonly #tables = new Map<string, Table>();

  constructor(written: Written) {
    this.#written = written;
  }

  read(): VersionOfRules {
    const { tables, roles, claims, actorId, functions } = this.#written;
    for (const table of tables) this.#tables.set(table.name, this.#bareTable(table));
    for (const { name, columns, checks } of tables) {
      const table = this.#table(name);
      for (const { name: column, computed } of columns)
        if (computed !== undefined) Object.assign(this.#column(name, column), { computed: this.#expression(computed) });
      Object.assign(table, {
        checks: checks.map((check) => ({ name: check.name, expression: this.#expression(check.expression) })),
      });
    }
    const model: Model = { tables: this.#tables, roles, claims: new Map(Object.entries(claims)), actorId };
    const rules: RuleBook = new Map(
      tables.flatMap(({ name, rules: own }) => (own === null ? [] : [[name, this.#rules(own)] as const])),
    );
    const access = Object.entries(functions).map(([name, condition]) => [name, { access: this.#expression(condition) }] as const);
    return { model, rules, functions: new Map(access) };
  }

  #bareTable({ columns, softDelete, history, ...table }: WrittenTable): Table {
    const made = columns.map((column): Column => {
      const kind = kinds[column.kind];
      if (kind === undefined)
        throw new SnapshotError(`It has a kind of field that this version does not know: '${column.kind}'.`);
      const { computed: _, ...stored } = column;
      return { ...(revived(stored) as Column), kind, computed: undefined };
    });
    const byName = new Map(made.map((column) => [column.name, column]));
    const key = byName.get("id");
    if (key === undefined) throw new SnapshotError(`Its table '${table.name}' has no id.`);
    const named = table.relations.flatMap((relation) =>
      relation.name === undefined ? [] : [[relation.name, relation] as const],
    );
    return {
      ...table,
      columns: byName,
      key,
      relationsByName: new Map(named),
      indexes: [],
      searchColumns: made.filter((column) => column.searchable).map((column) => column.name),
      checks: [],
      softDelete: softDelete ? { keep: undefined } : undefined,
      history: history ? { keep: undefined } : undefined,
    };
  }

  #rules({ fields, ...own }: NonNullable<WrittenTable["rules"]>): TableRules {
    return {
      read: this.#optional(own.read),
      create: this.#optional(own.create),
      update: this.#update(own.update),
      delete: this.#optional(own.delete),
      history: this.#optional(own.history),
      fields: new Map(
        Object.entries(fields).map(([name, rules]) => [
          name,
          { read: this.#optional(rules.read), create: this.#optional(rules.create), update: this.#update(rules.update) },
        ]),
      ),
    };
  }

  #update(rule: UpdateRule | undefined): UpdateRule | undefined {
    return rule === undefined ? undefined : { expression: this.#expression(rule.expression), mentionsNext: rule.mentionsNext };
  }

  #optional(rule: unknown): Expression | undefined {
    return rule === undefined ? undefined : this.#expression(rule);
  }

  /** Throws for an operator that is not known and for types that do not fit. */
  #expression(written: unknown): Expression {
    const expression = this.#revive(written) as Expression;
    const problem = typeProblem(expression);
    if (problem !== undefined) throw new SnapshotError(`One of its rules is not well formed: ${problem}`);
    return expression;
  }

  #revive(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#revive(item));
    if (typeof value !== "object" || value === null) return value;
    if ("$column" in value) return this.#column(...(value.$column as [string, string]));
    if ("$relation" in value) return this.#relation(...(value.$relation as [string, number]));
    if ("$integer" in value || "$bytes" in value) return revived(value);
    const made = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.#revive(part)]));
    if (made["type"] === "call" && !Object.hasOwn(operators, String(made["operator"])))
      throw new SnapshotError(`One of its rules has an operator that this version does not know: '${String(made["operator"])}'.`);
    return made;
  }

  #table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw new SnapshotError(`One of its rules speaks of a table that it does not have: '${name}'.`);
    return table;
  }

  #column(table: string, name: string): Column {
    const column = this.#table(table).columns.get(name);
    if (column === undefined)
      throw new SnapshotError(`One of its rules speaks of a field that it does not have: '${table}.${name}'.`);
    return column;
  }

  #relation(table: string, index: number): Relation {
    const relation = this.#table(table).relations[index];
    if (relation === undefined)
      throw new SnapshotError(`One of its rules speaks of a relation of '${table}' that it does not have.`);
    return relation;
  }
}

/** The value of what JSON has no form for, wherever it stands. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== "object" || value === null) return value;
  if ("$integer" in value) return BigInt(String(value.$integer));
  if ("$bytes" in value) return Uint8Array.from(Buffer.from(String(value.$bytes), "hex"));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revived(part)]));
}
