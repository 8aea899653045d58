import { AppError } from "#contract";
import { didYouMean } from "#base";
import type { AnySchema, SystemDb } from "#application";
import { type Column, type Model, type Table, tenantTable } from "#database";
import type { Make, Trait, Traits } from "./factory-types.ts";
import type { Random } from "./random.ts";
import { createRowMakers, type GivenFields, type RowMaker } from "./row-maker.ts";
import { CannotMakeError, type ValueSource } from "./value-source.ts";

/** New values for a row whose value is there already, before it is said that there are none left. */
const UNIQUE_TRIES = 50;

export interface FactoryOptions {
  readonly model: Model;
  /** Without rules. */
  readonly db: SystemDb<AnySchema>;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly traits: Traits<AnySchema> | undefined;
  /** Something was made up: from then on it matters from which seed. */
  readonly onUse: () => void;
}

type WrittenRow = Readonly<Record<string, unknown>> & { readonly id: string | number };

/** What a row that is being made shares with those made for it. */
interface Tree {
  /** The tables on the way down. */
  readonly path: readonly string[];
  /** The one tenant that all of them belong to, by table. */
  readonly tenants: Map<string, WrittenRow>;
}

type TableCalls = { create(row: GivenFields): Promise<WrittenRow> };
type LooseFields = GivenFields | ((place: number) => GivenFields);

/** Factories of all tables. */
export class Factories {
  readonly #options: FactoryOptions;
  readonly #makers: ReadonlyMap<string, RowMaker>;
  readonly #source: ValueSource;
  #made = 0;

  constructor(options: FactoryOptions) {
    this.#options = options;
    const { random, now } = options;
    this.#source = {
      random,
      get now() {
        return now();
      },
      next: () => {
        if (this.#made === 0) options.onUse();
        return (this.#made += 1);
      },
    };
    this.#makers = createRowMakers(options.model, this.#source);
    this.#checkTraits();
  }

  /** `make.reviews(...)`. */
  get make(): Make<AnySchema> {
    const tables = [...this.#options.model.tables.keys()].map((name) => [name, this.#factory(name, [])] as const);
    return Object.fromEntries(tables) as unknown as Make<AnySchema>;
  }

  /** A new value of a field, as a caller would give it. */
  value(table: Table, column: Column): unknown {
    return this.#maker(table.name).value(column);
  }

  #maker(table: string): RowMaker {
    const maker = this.#makers.get(table);
    if (maker === undefined) throw new TypeError(`There is no table '${table}'${didYouMean(table, this.#makers.keys())}.`);
    return maker;
  }

  #factory(table: string, traits: readonly string[]): unknown {
    const resolve = (fields: LooseFields | undefined, place = 0): GivenFields =>
      this.#given(table, traits, typeof fields === "function" ? fields(place) : (fields ?? {}));
    const one = async (fields?: GivenFields): Promise<WrittenRow> => this.#make(table, resolve(fields), newTree());
    return Object.assign(one, {
      many: async (count: number, fields?: LooseFields): Promise<readonly WrittenRow[]> => {
        if (!Number.isSafeInteger(count) || count < 0)
          throw new TypeError(`make.${table}.many() takes how many rows to make, not ${String(count)}.`);
        const rows: WrittenRow[] = [];
        for (let place = 0; place < count; place++) rows.push(await this.#make(table, resolve(fields, place), newTree()));
        return rows;
      },
      build: (fields?: GivenFields): GivenFields => this.#build(table, resolve(fields)),
      with: (...names: readonly string[]): unknown => this.#factory(table, [...traits, ...names]),
    });
  }

  #traitsOf(table: string): Readonly<Record<string, Trait<AnySchema, string>>> {
    const traits = this.#options.traits as
      | Readonly<Record<string, Readonly<Record<string, Trait<AnySchema, string>>>>>
      | undefined;
    return traits?.[table] ?? {};
  }

  #given(table: string, traits: readonly string[], fields: GivenFields): GivenFields {
    const known = this.#traitsOf(table);
    const parts = traits.map((name): GivenFields => {
      const trait = Object.hasOwn(known, name) ? known[name] : undefined;
      if (trait === undefined) throw new TypeError(`${table} has no trait '${name}'${didYouMean(name, Object.keys(known))}.`);
      return typeof trait === "function" ? trait(this.#options.random) : trait;
    });
    const given = Object.assign({}, ...parts, fields) as GivenFields;
    const maker = this.#maker(table);
    maker.checkNames(given);
    const columns = maker.table.columns;
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, idOf(columns.get(name), value)]));
  }

  async #make(table: string, given: GivenFields, tree: Tree): Promise<WrittenRow> {
    const maker = this.#maker(table);
    const known: Record<string, unknown> = { ...given };
    const ownKey = this.#ownKey(maker.table);
    if (ownKey !== undefined) known["id"] ??= ownKey;
    for (const column of maker.fields) {
      if (!mustRefer(column) || Object.hasOwn(known, column.name)) continue;
      known[column.name] = await this.#referTo(column, known["id"], { ...tree, path: [...tree.path, table] });
    }
    const calls = (this.#options.db as unknown as Readonly<Record<string, TableCalls>>)[table];
    if (calls === undefined) throw new Error(`The back end has no table '${table}'.`);
    for (let attempt = 1; ; attempt++) {
      try {
        return await calls.create(maker.complete(known));
      } catch (error) {
        if (!isTaken(error)) throw error;
        if (attempt === UNIQUE_TRIES)
          throw new CannotMakeError(`No new row of ${table} was found: ${error.details ?? error.message}`, { cause: error });
        if (ownKey !== undefined && given["id"] === undefined) known["id"] = this.#ownKey(maker.table);
      }
    }
  }

  /** The id of a new row to refer to. */
  async #referTo(column: Column, own: unknown, tree: Tree): Promise<unknown> {
    const target = column.reference?.table ?? "";
    // A row may refer to itself, but where deleted rows are kept: there, what is referred to is looked for first.
    if (target === column.table && own !== undefined && this.#maker(target).table.softDelete === undefined) return own;
    if (tree.path.includes(target))
      throw new CannotMakeError(
        `${column.table}.${column.name} needs a row of ${target}, and that one needs this: ${[...tree.path, target].join(" needs ")}. Give one of them: make.${column.table}({ ${column.name}: ... }).`,
      );
    const shared = tree.tenants.get(target);
    if (shared !== undefined) return shared.id;
    const made = await this.#make(target, this.#given(target, [], {}), tree);
    if (isTenantOf(this.#options.model, target)) tree.tenants.set(target, made);
    return made.id;
  }

  #build(table: string, given: GivenFields): GivenFields {
    const maker = this.#maker(table);
    const missing = maker.fields
      .filter((column) => mustRefer(column) && !Object.hasOwn(given, column.name))
      .map(({ name }) => name);
    if (missing.length > 0)
      throw new CannotMakeError(
        `make.${table}.build() writes nothing, so it makes no rows to refer to: give ${missing.join(" and ")}, or use make.${table}().`,
      );
    return maker.complete(given);
  }

  /** A UUID that comes from the seed as all else does, and sorts by when it was made. */
  #ownKey(table: Table): string | undefined {
    if (table.key.default?.type !== "uuid" || table.key.reference !== undefined) return undefined;
    const { random, now } = this.#options;
    const time = now().toString(16).padStart(12, "0");
    const count = (this.#source.next() & 0xfff).toString(16).padStart(3, "0");
    const rest = Array.from({ length: 15 }, () => random.below(16).toString(16)).join("");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${"89ab"[random.below(4)]}${rest.slice(0, 3)}-${rest.slice(3)}`;
  }

  #checkTraits(): void {
    for (const [table, traits] of Object.entries(
      (this.#options.traits ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    )) {
      const maker = this.#maker(table);
      for (const trait of Object.values(traits))
        if (typeof trait === "object" && trait !== null) maker.checkNames(trait as GivenFields);
    }
  }
}

function newTree(): Tree {
  return { path: [], tenants: new Map() };
}

/** A row that has to be there for another one to be. Who made a row is nobody where the test makes it. */
function mustRefer({ reference, nullable, default: fallback }: Column): boolean {
  return reference !== undefined && !nullable && (fallback === undefined || fallback.type === "actor");
}

/** A row stands for its id. */
function idOf(column: Column | undefined, value: unknown): unknown {
  if (column?.reference === undefined || typeof value !== "object" || value === null || !("id" in value)) return value;
  return value.id;
}

function isTenantOf({ tables, organisations }: Model, name: string): boolean {
  if (organisations?.table === name) return true;
  return [...tables.values()].some(({ tenancy }) => tenancy !== undefined && tenantTable(tenancy) === name);
}

function isTaken(error: unknown): error is AppError {
  return error instanceof AppError && error.error === "uniqueViolation";
}
