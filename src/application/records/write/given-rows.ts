import { setImmediate } from "node:timers/promises";
import { AppError, type FieldProblem, type Stored } from "#contract";
import { type Column, deletedColumn, type Table } from "#database";
import { refuseProblems } from "../input.ts";
import type { InputRow, InsertQuery, RowSource } from "../query.ts";
import type { Session } from "../session.ts";
import { fillMissing, type InsertPlan, planInsert, readRowValues, type RowReading } from "./insert-plan.ts";
import type { RowValues } from "./new-row-rule.ts";
import { guardedReferences, refuseUnreadableIds } from "./references.ts";

/** The rows of an insert as they were given, in stored form. */
export interface GivenRows {
  /** Whether other rows stand beside each, and its fields are told with its number. */
  readonly isList: boolean;
  readonly count: number;
  /** Their values, some at a time, with the line of each where they come as a stream. */
  chunks(): AsyncIterable<GivenChunk> | Iterable<GivenChunk>;
  /** Refuses them all where one refers to a row that the caller may not read. */
  refuseUnreadable(session: Session, deferred?: ReadonlySet<string>): Promise<void>;
}

export interface GivenChunk {
  readonly rows: readonly RowValues[];
  readonly lines: readonly number[] | undefined;
}

/** Reads the rows, and refuses them where any has the wrong form. What does not fit into memory is read now and read again later. */
export function readGivenRows(session: Session, table: Table, query: InsertQuery): GivenRows | Promise<GivenRows> {
  const plan = planInsert(session, table);
  const options = {
    view: session.view,
    table,
    operation: "create",
    form: query.rowForm,
    columns: query.columns,
    secrets: session.services.secrets,
  } as const;
  const reading = { options, form: query.rowForm, names: query.columns };
  const references = new References(session, table, plan);
  const { rows } = query;
  if (!isRowSource(rows)) return readList({ session, plan, reading, references, query }, rows);
  return rows instanceof CheckedSource ? rows.given : checkSource({ session, plan, reading, references, query }, rows);
}

interface Reading {
  readonly session: Session;
  readonly plan: InsertPlan;
  readonly reading: RowReading;
  readonly references: References;
  readonly query: InsertQuery;
}

function readList({ session, plan, reading, references, query }: Reading, list: readonly InputRow[]): GivenRows {
  const { maxInsertRows } = session.services.limits;
  if (list.length > maxInsertRows) {
    throw new AppError("limitExceeded", {
      message: `An insert may have at most ${maxInsertRows} rows.`,
      hint: "Send them in several requests.",
    });
  }
  const problems: FieldProblem[] = [];
  const isList = list.length > 1;
  const rows = list.map((row, index) => readRowValues(plan, row, reading, problems, isList ? `${index}.` : ""));
  refuseProblems(problems);
  if (query.missing === "null" && isList) {
    const givenSomewhere = plan.columns.map((_, place) => rows.some((row) => row[place] !== undefined));
    rows.forEach((row, index) => fillMissing(plan, row, givenSomewhere, problems, `${index}.`));
    refuseProblems(problems);
  }
  for (const row of rows) references.add(row);
  return {
    isList,
    count: rows.length,
    chunks: () => [{ rows, lines: undefined }],
    refuseUnreadable: (asked, deferred) => references.refuse(asked, deferred),
  };
}

/** Others are served between two chunks. */
async function checkSource({ plan, reading, references, query }: Reading, source: RowSource): Promise<GivenRows> {
  const problems: FieldProblem[] = [];
  const givenSomewhere = plan.columns.map(() => false);
  let index = 0;
  for await (const { rows, lines } of source.chunks()) {
    for (const [at, row] of rows.entries()) {
      const values = readAt(plan, row, reading, problems, { row: index, line: lines[at] ?? 0 });
      for (let place = 0; place < values.length; place++) if (values[place] !== undefined) givenSomewhere[place] = true;
      references.add(values);
      index++;
    }
    await setImmediate();
  }
  const fills = query.missing === "null";
  return {
    isList: true,
    count: index,
    refuseUnreadable: (asked, deferred) => references.refuse(asked, deferred),
    async *chunks() {
      let first = 0;
      for await (const { rows, lines } of source.chunks()) {
        const values = rows.map((row, at) => {
          const place = { row: first + at, line: lines[at] ?? 0 };
          const read = readAt(plan, row, reading, problems, place);
          if (fills) fillMissing(plan, read, givenSomewhere, problems, `${place.row}.`);
          refuseAt(problems, place);
          return read;
        });
        first += rows.length;
        yield { rows: values, lines };
      }
    },
  };
}

/** The first row that is wrong is told, with all that is wrong with it. */
function readAt(
  plan: InsertPlan,
  row: InputRow,
  reading: RowReading,
  problems: FieldProblem[],
  place: { readonly row: number; readonly line: number },
): (Stored | undefined)[] {
  try {
    const values = readRowValues(plan, row, reading, problems, `${place.row}.`);
    refuseAt(problems, place);
    return values;
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown.at(place) : thrown;
  }
}

function refuseAt(problems: readonly FieldProblem[], place: { readonly row: number; readonly line: number }): void {
  if (problems.length === 0) return;
  try {
    refuseProblems(problems);
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown.at(place) : thrown;
  }
}

/**
 * What the rows refer to, gathered before any of them is stored: so that none leans on another of the same insert. Those of the system may: what
 * it brings in, from an export say, belongs together. Of rows that come deleted the foreign key alone says whether what they refer to is there.
 */
class References {
  readonly #plan: InsertPlan;
  /** Where a row says that it is deleted, and which it is; -1 where that does not count. */
  readonly #deletedPlace: number;
  readonly #keyPlace: number;
  readonly #own: string;
  readonly #live = new Set<Stored>();
  readonly #ids: readonly { readonly column: Column; readonly place: number; readonly given: Set<Stored> }[];

  constructor(session: Session, table: Table, plan: InsertPlan) {
    this.#plan = plan;
    const placeOf = (column: Column | undefined): number =>
      session.view.restricted || column === undefined ? -1 : (plan.places.get(column) ?? -1);
    this.#deletedPlace = placeOf(table.columns.get(deletedColumn));
    this.#keyPlace = placeOf(table.key);
    this.#own = table.name;
    this.#ids = guardedReferences(session, table).map((column) => ({
      column,
      place: this.#plan.places.get(column) ?? -1,
      given: new Set(),
    }));
  }

  add(values: RowValues): void {
    if (this.#ids.length === 0 || (values[this.#deletedPlace] ?? null) !== null) return;
    const key = values[this.#keyPlace] ?? null;
    if (key !== null) this.#live.add(key);
    for (const { place, given } of this.#ids) {
      const value = values[place];
      if (value !== undefined && value !== null) given.add(value);
    }
  }

  async refuse(session: Session, deferred: ReadonlySet<string> = new Set()): Promise<void> {
    for (const { column, given } of this.#ids) {
      if (deferred.has(column.reference?.table ?? "")) continue;
      const elsewhere = column.reference?.table === this.#own ? given.difference(this.#live) : given;
      await refuseUnreadableIds(session, column, elsewhere);
    }
  }
}

export function isRowSource(rows: InsertQuery["rows"]): rows is RowSource {
  return "chunks" in rows;
}

/** A source whose rows have been looked at: outside of the transaction, so that nobody waits for it. */
export class CheckedSource implements RowSource {
  readonly given: GivenRows;
  readonly #source: RowSource;

  constructor(source: RowSource, given: GivenRows) {
    this.given = given;
    this.#source = source;
  }

  chunks(): ReturnType<RowSource["chunks"]> {
    return this.#source.chunks();
  }
}
