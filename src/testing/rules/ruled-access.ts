import { didYouMean } from "#base";
import {
  type AccessQuestion,
  decidingClauses,
  explainAccess,
  type FunctionDefinition,
  type Functions,
  isOpen,
  type KnownRow,
  type Records,
  type RecordStore,
  type RuleBook,
  type RuleVerdict,
  system,
} from "#application";
import { type Actor, AppError, type Stored } from "#contract";
import { actorFacts, type Column, type Connection, isManaged, type Model, printExpression, type Table } from "#database";
import type { LooseDeed } from "./access-types.ts";

export interface AccessWorld {
  readonly model: Model;
  readonly rules: RuleBook;
  readonly definitions: ReadonlyMap<string, FunctionDefinition>;
  readonly records: RecordStore;
  readonly functions: Functions;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What was tried, and how it went. */
export interface Trial {
  readonly isAllowed: boolean;
  /** What the server said. */
  readonly error: AppError | undefined;
}

/** A deed, ready to be tried as anybody and to be explained. */
export class RuledAccess {
  readonly deed: LooseDeed;
  readonly question: AccessQuestion | undefined;
  readonly #world: AccessWorld;

  /** @throws TypeError where it speaks of what is not there. */
  constructor(world: AccessWorld, deed: LooseDeed) {
    this.#world = world;
    this.deed = deed;
    this.question = deed.can === "call" ? undefined : questionOf(world.model, deed, deed.can);
    if (deed.can === "call" && !world.definitions.has(deed.function ?? ""))
      throw new TypeError(`There is no function '${deed.function}'${didYouMean(deed.function ?? "", world.definitions.keys())}.`);
  }

  /** The same row, and something else to do with it. */
  as(can: "update" | "delete"): RuledAccess {
    return new RuledAccess(this.#world, { can, table: this.deed.table ?? "", row: this.deed.row });
  }

  /** What is tried, in words that follow "can". */
  get words(): string {
    const { can, table, field, function: name } = this.deed;
    if (can === "call") return `call ${name}`;
    const what = field === undefined ? "" : `${field} of `;
    if (can === "create") return `create this row of ${table}`;
    return `${can === "history" ? "read the past of" : can} ${what}${table} ${String(this.id)}`;
  }

  /** The id of the row, in JSON form. */
  get id(): string | number {
    const { row } = this.deed;
    return (typeof row === "object" && row !== null && "id" in row ? row.id : row) as string | number;
  }

  /** The rule that lets a caller of a function in. */
  get access(): FunctionDefinition["access"] | undefined {
    return this.#world.definitions.get(this.deed.function ?? "")?.access;
  }

  /**
   * Gives the row to `look`, as a part of a transaction that is undone: of a new row, with that row in it.
   *
   * @throws TypeError where it is not there, or cannot be for anybody.
   */
  async withRow<T>(look: (row: KnownRow) => Promise<T>): Promise<T | undefined> {
    const { question } = this;
    if (question === undefined) return undefined;
    const { model, records, now } = this.#world;
    const known = (connection: Connection, key: Stored): KnownRow => ({
      connection,
      model,
      table: question.table,
      key,
      now: new Date(now()).toISOString(),
    });
    return records.transaction(
      async (own, connection) => {
        const key = this.deed.can === "create" ? await this.#insert(own) : this.#key();
        const isThere = await own.read(readOne(question.table, [question.table.key.name], key), system);
        if (isThere.rows === 0)
          throw new TypeError(
            `There is no row ${JSON.stringify(key)} in ${question.table.name}: make it first, or give another one.`,
          );
        return look(known(connection, this.#stored(question.table, key)));
      },
      { rollback: true },
    );
  }

  /** Does it as somebody, and undoes it. */
  async tryAs(actor: Actor | null): Promise<Trial> {
    try {
      return { isAllowed: await this.#do(actor), error: undefined };
    } catch (error) {
      if (!(error instanceof AppError) || error.error === "internal") throw error;
      // What else goes wrong (a unique value that is taken, other rows that refer to this one) goes wrong after the rules were asked.
      return { isAllowed: !refusals.has(error.error), error };
    }
  }

  /** Why the rules let somebody do it, or not. */
  async why(actor: Actor | null): Promise<string> {
    const { model, rules } = this.#world;
    const { question, access } = this;
    if (question === undefined) return access === undefined ? "" : `access: ${printExpression(access)}`;
    const explanation = await this.withRow((row) => explainAccess({ rules }, question, { actor: actorFacts(actor, model), row }));
    if (explanation === undefined) return "";
    const decided = explanation.rules.filter(({ clause }) => (clause?.verdict ?? "false") === explanation.verdict);
    // That of the operation stands last; what is open to everybody explains nothing beside it.
    const telling = decided.filter((rule, place) => place === decided.length - 1 || !isOpen(rule));
    return telling.map(reason).join("; ");
  }

  async #insert(own: Records): Promise<string | number> {
    const { row, table = "" } = this.deed;
    const query = insertOf(table, row as Readonly<Record<string, unknown>>);
    const { keys = [] } = await own.write(query, system).catch((error: unknown) => {
      throw new TypeError(`Nobody can create this row of ${table}, whatever the rules say: ${describe(error)}`, { cause: error });
    });
    return keys[0] ?? "";
  }

  #key(): string | number {
    if (this.id === undefined || this.id === null)
      throw new TypeError(`assert...({ can: "${this.deed.can}" }) needs the row: one that was made, or its id.`);
    return this.id;
  }

  #stored({ key }: Table, id: string | number): Stored {
    const parsed = key.kind.fromJson(id, key.options);
    return parsed.ok ? parsed.value : null;
  }

  async #do(actor: Actor | null): Promise<boolean> {
    const { records, functions } = this.#world;
    const { deed, question } = this;
    if (question === undefined) {
      await functions.call(deed.function ?? "", deed.input, actor, { signal: new AbortController().signal, dryRun: true });
      return true;
    }
    const { table, field } = question;
    switch (deed.can) {
      case "read": {
        const { json } = await records.read(
          readOne(table, field === undefined ? readableFields(table) : [field.name], this.#key()),
          actor,
        );
        const [row] = JSON.parse(json) as Readonly<Record<string, unknown>>[];
        return row !== undefined && (field === undefined || row[field.name] !== null);
      }
      case "history": {
        const { rows } = await records.read(
          { ...readOne(table, field === undefined ? [] : [field.name], this.#key()), versionsOf: 0 },
          actor,
        );
        return rows > 0;
      }
      case "create":
        return (
          (await records.write({ ...insertOf(table.name, deed.row as Readonly<Record<string, unknown>>), dryRun: true }, actor))
            .affected > 0
        );
      case "delete":
        return (
          (await records.write({ type: "delete", table: table.name, ...byId(this.#key()), dryRun: true }, actor)).affected > 0
        );
      default:
        return (
          (
            await records.write(
              { type: "update", table: table.name, set: await this.#changes(table), ...byId(this.#key()), dryRun: true },
              actor,
            )
          ).affected > 0
        );
    }
  }

  /** A field as it is: nothing but the rules is in the way. */
  async #changes(table: Table): Promise<Readonly<Record<string, unknown>>> {
    const { set, field } = this.deed;
    if (set !== undefined) return set;
    const named = field ?? this.#harmlessField(table);
    const { json } = await this.#world.records.read(readOne(table, [named], this.#key()), system);
    return (JSON.parse(json) as Readonly<Record<string, unknown>>[])[0] ?? {};
  }

  #harmlessField(table: Table): string {
    const own = this.#world.rules.get(table.name)?.fields;
    const open = [...table.columns.values()].filter(
      (column) =>
        column.computed === undefined && !isManaged(column) && !column.immutable && !column.secret && column !== table.key,
    );
    const field =
      open.find(({ name, reference }) => own?.get(name)?.update === undefined && reference === undefined) ??
      open.find(({ name }) => own?.get(name)?.update === undefined) ??
      open[0];
    if (field === undefined) throw new TypeError(`No field of ${table.name} can be changed.`);
    return field.name;
  }
}

/** What says that the rules stand in the way, and not something else. */
const refusals: ReadonlySet<string> = new Set([
  "forbidden",
  "notFound",
  "signInRequired",
  "unknownTable",
  "unknownColumn",
  "unknownInsertColumn",
  "unknownFunction",
  "notSupported",
]);

function questionOf({ tables }: Model, deed: LooseDeed, operation: AccessQuestion["operation"]): AccessQuestion {
  const table = tables.get(deed.table ?? "");
  if (table === undefined)
    throw new TypeError(`There is no table '${deed.table}'${didYouMean(deed.table ?? "", tables.keys())}.`);
  if (deed.field === undefined) return { table, operation };
  return { table, operation, field: fieldOf(table, deed.field) };
}

function fieldOf(table: Table, name: string): Column {
  const field = table.columns.get(name);
  if (field === undefined) throw new TypeError(`${table.name} has no field '${name}'${didYouMean(name, table.columns.keys())}.`);
  return field;
}

/** The fields that anybody can be allowed to read: at least one of them shows that the row is there. */
function readableFields({ key }: Table): readonly string[] {
  return [key.name];
}

function byId(id: string | number): {
  readonly where: {
    readonly type: "compare";
    readonly path: { readonly column: string; readonly json: readonly [] };
    readonly operator: "eq";
    readonly value: number;
  };
  readonly values: readonly unknown[];
  readonly form: "json";
} {
  return { where: { type: "compare", path: { column: "id", json: [] }, operator: "eq", value: 0 }, values: [id], form: "json" };
}

function readOne(table: Table, fields: readonly string[], id: string | number): Parameters<Records["read"]>[0] {
  const { where, values, form } = byId(id);
  return {
    table: table.name,
    selection: { items: fields.map((column) => ({ type: "field", path: { column, json: [] } }) as const), where },
    values,
    form,
  };
}

function insertOf(
  table: string,
  row: Readonly<Record<string, unknown>>,
): Extract<Parameters<Records["write"]>[0], { type: "insert" }> {
  return { type: "insert", table, rows: [row], rowForm: "json", missing: "default", values: [], form: "json" };
}

/** The clauses that decided, with their values. */
function reason({ name, clause }: RuleVerdict): string {
  if (clause === undefined) return `there is no rule '${name}'`;
  const clauses = decidingClauses(clause).map(({ text, verdict, facts }) => {
    const values = facts.length === 0 ? "" : ` (${facts.map((fact) => `${fact.text}: ${fact.value}`).join(", ")})`;
    return text === "everyone" || text === "nobody" ? text : `${text} is ${verdict}${values}`;
  });
  return `${name}: ${clauses.join(" and ")}`;
}

/** An error in one line: its message, details and fields. */
export function describe(error: unknown): string {
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const { error: name, message, details, hint } = error;
  return `${name}: ${[message, details, hint].filter((part) => part !== null).join(" ")}`;
}
