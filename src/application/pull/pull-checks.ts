import type { CheckFact, SourceTable } from "#database";
import type { Guess, Hint } from "./guess-kind.ts";
import type { Argument, PulledCheck, PulledField } from "./pulled-schema.ts";

/** What the CHECKs of a table say, column by column. */
export interface PulledChecks {
  hint(column: string): Hint | undefined;
  isRequired(column: string): boolean;
  limits(column: string, guess: Guess): { readonly min?: Argument; readonly max?: Argument; readonly length?: number };
  /** What a field of that kind cannot say. */
  comments(column: string, guess: Guess): readonly string[];
  /** Checks of two fields, as far as both are there and of one kind. */
  comparisons(fields: readonly PulledField[]): readonly PulledCheck[];
}

const texts: ReadonlySet<string> = new Set(["text", "email", "url", "secret", "bytes"]);
const numbers: ReadonlySet<string> = new Set(["integer", "real", "decimal"]);

export function pullChecks(table: SourceTable, names: ReadonlyMap<string, string>, comments: string[]): PulledChecks {
  const facts: CheckFact[] = [];
  for (const { text, facts: read } of table.checks) {
    if (read === undefined) comments.push(`CHECK (${text}) is not taken over`);
    else facts.push(...read);
  }
  const of = <T extends CheckFact["type"]>(type: T, column: string): readonly Extract<CheckFact, { type: T }>[] =>
    facts.filter(
      (fact): fact is Extract<CheckFact, { type: T }> => fact.type === type && "column" in fact && fact.column === column,
    );
  return {
    hint(column) {
      const [list] = of("oneOf", column);
      if (list !== undefined && list.values.every((value) => typeof value === "string"))
        return { kind: "enum", options: { values: [...new Set(list.values)] as string[] } };
      if (list !== undefined && list.values.length === 2 && list.values.every((value) => value === 0 || value === 1))
        return { kind: "bool" };
      return of("json", column).length > 0 ? { kind: "json" } : undefined;
    },
    isRequired: (column) => of("required", column).length > 0,
    limits(column, guess) {
      const lengths = texts.has(guess.kind) ? of("length", column) : [];
      const bounds = of("bound", column).flatMap((bound) => inclusive(bound, guess) ?? []);
      const min = highest([...lengths.map((each) => each.min), ...bounds.map((each) => each.min)]);
      const max = lowest([...lengths.map((each) => each.max), ...bounds.map((each) => each.max), guess.maxLength]);
      if (lengths.length > 0 && min !== undefined && min === max) return { length: min };
      return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
    },
    comments(column, guess) {
      const bounds = of("bound", column).filter((bound) => inclusive(bound, guess) === undefined);
      const lists = of("oneOf", column).filter(
        ({ values }) => guess.kind !== "enum" && guess.kind !== "bool" && values.length > 0,
      );
      const lengths = texts.has(guess.kind) ? [] : of("length", column);
      return [
        ...bounds.map(({ min, max, exclusive }) => {
          const equal = exclusive ? "" : "=";
          return `CHECK (${[min === undefined ? "" : `>${equal} ${min}`, max === undefined ? "" : `<${equal} ${max}`].filter((part) => part !== "").join(" and ")}) is not taken over`;
        }),
        ...lists.map(({ values }) => `CHECK (one of ${values.join(", ")}) is not taken over`),
        ...lengths.map(() => "a CHECK of its length is not taken over"),
      ];
    },
    comparisons(fields) {
      const found = new Map<string, PulledCheck>();
      for (const fact of facts) {
        if (fact.type !== "compare") continue;
        const [left, right] = [fact.left, fact.right].map((column) => fields.find(({ name }) => name === names.get(column)));
        if (
          left === undefined ||
          right === undefined ||
          left.calls[0]?.name !== right.calls[0]?.name ||
          !comparable.has(left.calls[0]?.name ?? "")
        ) {
          comments.push(`CHECK (${fact.left} ${fact.operator} ${fact.right}) is not taken over`);
          continue;
        }
        const operator = operators[fact.operator];
        const name = `${left.name}_${operator}_${right.name}`.slice(0, 63);
        found.set(name, { name, left: left.name, operator, right: right.name });
      }
      return [...found.values()];
    },
  };
}

const comparable: ReadonlySet<string> = new Set(["text", "integer", "real", "decimal", "timestamp", "date", "email", "url"]);
const operators = { "<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq", "<>": "neq" } as const;

/** The bounds as `min` and `max` mean them; undefined where the kind has no such bound. */
function inclusive(
  { min, max, exclusive }: Extract<CheckFact, { type: "bound" }>,
  { kind }: Guess,
): { min?: number; max?: number } | undefined {
  if (!numbers.has(kind) || typeof min === "string" || typeof max === "string") return undefined;
  if (exclusive && kind !== "integer") return undefined;
  const low = min === undefined || kind !== "integer" ? min : exclusive ? Math.floor(min) + 1 : Math.ceil(min);
  const high = max === undefined || kind !== "integer" ? max : exclusive ? Math.ceil(max) - 1 : Math.floor(max);
  return { ...(low === undefined ? {} : { min: low }), ...(high === undefined ? {} : { max: high }) };
}

const known = (values: readonly (number | undefined)[]): readonly number[] => values.filter((value) => value !== undefined);

function highest(values: readonly (number | undefined)[]): number | undefined {
  return known(values).length === 0 ? undefined : Math.max(...known(values));
}

function lowest(values: readonly (number | undefined)[]): number | undefined {
  return known(values).length === 0 ? undefined : Math.min(...known(values));
}
