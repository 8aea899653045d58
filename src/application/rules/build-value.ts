import { type KindOptions, kinds, type Kind, type Scalar, type Stored } from "#contract";
import { type Expression, expressions, type OperatorName, resultTypeOf, type ValueType } from "#database";
import { noteMade, noteUsed } from "./unused-conditions.ts";
import type { Built } from "./value.ts";

/** How a constant beside a value is read: as that value's own kind, so that an enum's member or a UUID is checked. */
interface Reading {
  readonly kind: Kind;
  readonly options: KindOptions;
}

/** What stands for a value under construction, whatever its interface. */
export interface Holder {
  readonly "~built": Built;
}

export function isHolder(value: unknown): value is Holder {
  return ((typeof value === "object" && value !== null) || typeof value === "function") && "~built" in value;
}

/** A value with the methods of its kind. The interface that it is given must be that of `built.type`. */
export function valueOf<T>(built: Built, reading?: Reading): T {
  if (built.type.scalar === "bool") noteMade(built.expression);
  return new ValueBuilder(
    built,
    reading ?? { kind: kinds[built.type.scalar], options: scaleOptions(built.type) },
  ) as unknown as T;
}

function scaleOptions(type: ValueType): KindOptions {
  return type.scale === undefined ? {} : { scale: type.scale };
}

const bool: ValueType = { scalar: "bool" };

/** A value that is wrong. It takes anything, so that the rest of the definition can be looked at. */
export function broken<T>(problems: readonly string[]): T {
  const built: Built = { expression: expressions.never, type: bool, problems };
  const proxy: unknown = new Proxy(() => {}, {
    has: (_target, key) => key === "~built",
    get: (_target, key) => (key === "~built" ? built : isProbe(key) ? undefined : proxy),
    // What is wrong with the other sides of its comparisons is not lost.
    apply: (_target, _this, args: readonly unknown[]) => {
      const more = args.flatMap((arg) => (isHolder(arg) ? arg["~built"].problems : []));
      return more.length === 0 ? proxy : broken([...problems, ...more]);
    },
  });
  return proxy as T;
}

/** What languages and tools ask of any object; never a column. */
export function isProbe(key: string | symbol): boolean {
  return typeof key === "symbol" || key === "then" || key === "constructor" || key === "prototype" || key === "toJSON";
}

/** An operator over values that are built, checked against the table of operators. */
export function applyOperator<T>(name: OperatorName, holders: readonly Holder[], spelling: string = name, reading?: Reading): T {
  const built = holders.map((holder) => holder["~built"]);
  const problems = built.flatMap((each) => each.problems);
  const args = built.map((each) => each.expression);
  for (const argument of args) noteUsed(argument);
  const result = resultTypeOf(
    name,
    built.map((each) => each.type),
    args,
  );
  // Types say nothing about a value that is wrong already.
  if (problems.length > 0) return broken(problems);
  if (typeof result === "string") return broken([`.${spelling}() ${result}`]);
  return valueOf({ expression: expressions.call(name, ...args), type: result, problems }, reading);
}

/** A condition from conditions already built, by a function that folds constants. */
export function combine(
  build: (...parts: readonly Expression[]) => Expression,
  spelling: string,
  parts: readonly unknown[],
): unknown {
  const built = parts.map((part) => conditionOf(part, spelling)["~built"]);
  const problems = built.flatMap((each) => each.problems);
  if (problems.length > 0) return broken(problems);
  return valueOf({ expression: build(...built.map((each) => each.expression)), type: { scalar: "bool" }, problems });
}

/** The value, if it is a condition; else a broken one. */
export function conditionOf(value: unknown, spelling: string): Holder {
  if (!isHolder(value)) return broken([notAnExpression(value, spelling)]);
  const { expression, type, problems } = value["~built"];
  noteUsed(expression);
  return problems.length > 0 || type.scalar === "bool"
    ? value
    : broken([`${spelling} needs a condition, not a value of type ${type.scalar}`]);
}

function notAnExpression(value: unknown, spelling: string): string {
  if (value === true) return `${spelling} needs a condition, not the plain value true; say 'everyone'`;
  if (value === false) return `${spelling} needs a condition, not the plain value false; say 'nobody'`;
  if (typeof value === "function") return `${spelling} needs a condition, not a function; is a call missing?`;
  const given = value === undefined || value === null ? String(value) : `a plain ${typeof value}`;
  return `${spelling} needs a condition, not ${given}`;
}

/** A constant in the stored form of a type. */
export function constantOf(stored: Stored, type: ValueType): Holder {
  return valueOf({ expression: { type: "constant", value: stored, valueType: type }, type, problems: [] });
}

const numeric: ReadonlySet<Scalar> = new Set(["integer", "decimal", "real"]);

class ValueBuilder implements Holder {
  readonly "~built": Built;
  readonly "~reading": Reading;

  constructor(built: Built, reading: Reading) {
    this["~built"] = built;
    this["~reading"] = reading;
  }

  eq(other: unknown): unknown {
    return this.compare("eq", other);
  }

  neq(other: unknown): unknown {
    return this.compare("neq", other);
  }

  gt(other: unknown): unknown {
    return this.compare("gt", other);
  }

  gte(other: unknown): unknown {
    return this.compare("gte", other);
  }

  lt(other: unknown): unknown {
    return this.compare("lt", other);
  }

  lte(other: unknown): unknown {
    return this.compare("lte", other);
  }

  isDistinctFrom(other: unknown): unknown {
    const type = this["~built"].type;
    return applyOperator(
      "isDistinct",
      [this, other === null ? constantOf(null, type) : this.operand(other, "isDistinctFrom")],
      "isDistinctFrom",
    );
  }

  in(values: unknown): unknown {
    if (!Array.isArray(values)) return broken([".in() needs a list"]);
    return applyOperator("in", [this, ...values.map((value: unknown) => this.operand(value, "in"))]);
  }

  isNull(): unknown {
    return applyOperator("isNull", [this]);
  }

  isNotNull(): unknown {
    return combine((part = expressions.never) => expressions.not(part), "not()", [this.isNull()]);
  }

  and(...others: readonly unknown[]): unknown {
    return combine(expressions.and, ".and()", [this, ...others]);
  }

  or(...others: readonly unknown[]): unknown {
    return combine(expressions.or, ".or()", [this, ...others]);
  }

  not(): unknown {
    return combine((part = expressions.never) => expressions.not(part), ".not()", [this]);
  }

  like(pattern: unknown): unknown {
    return this.compare("like", pattern, kinds.text);
  }

  ilike(pattern: unknown): unknown {
    return this.compare("ilike", pattern, kinds.text);
  }

  match(pattern: unknown): unknown {
    return this.matching("match", pattern);
  }

  imatch(pattern: unknown): unknown {
    return this.matching("imatch", pattern);
  }

  length(): unknown {
    return applyOperator("length", [this]);
  }

  lower(): unknown {
    return applyOperator("lower", [this]);
  }

  upper(): unknown {
    return applyOperator("upper", [this]);
  }

  plus(other: unknown): unknown {
    return this.compute("add", other, "plus");
  }

  minus(other: unknown): unknown {
    return this.compute("subtract", other, "minus");
  }

  times(other: unknown): unknown {
    return this.compute("multiply", other, "times");
  }

  dividedBy(other: unknown): unknown {
    return this.compute("divide", other, "dividedBy");
  }

  plusSeconds(seconds: unknown): unknown {
    return applyOperator(
      "addSeconds",
      [this, operandOf(seconds, { kind: kinds.integer, options: {} }, "plusSeconds")],
      "plusSeconds",
    );
  }

  orElse(other: unknown): unknown {
    return applyOperator("coalesce", [this, this.operand(other, "orElse")], "orElse", this["~reading"]);
  }

  contains(json: unknown): unknown {
    return applyOperator("contains", [this, this.operand(json, "contains")]);
  }

  at(...path: readonly unknown[]): unknown {
    return this.step("at", path, false);
  }

  text(...path: readonly unknown[]): unknown {
    return this.step("text", path, true);
  }

  private step(spelling: string, path: readonly unknown[], asText: boolean): unknown {
    const { expression, type, problems } = this["~built"];
    if (problems.length > 0) return broken(problems);
    if (type.scalar !== "json") return broken([`.${spelling}() needs JSON, not ${type.scalar}`]);
    const steps = path.filter(
      (key): key is string | number => typeof key === "string" || (Number.isInteger(key) && Number(key) >= 0),
    );
    if (steps.length !== path.length) return broken([`.${spelling}() takes keys and indexes from 0 on`]);
    // One access for a whole path, so that `data.at("a").at("b")` is `data.at("a", "b")`.
    const [value, before] =
      expression.type === "json" && !expression.asText ? [expression.value, expression.path] : [expression, []];
    const scalar = asText ? "text" : "json";
    return valueOf({ expression: { type: "json", value, path: [...before, ...steps], asText }, type: { scalar }, problems });
  }

  private compare(name: OperatorName, other: unknown, kind?: Kind): unknown {
    return applyOperator(name, [this, this.operand(other, name, kind)]);
  }

  private compute(name: OperatorName, other: unknown, spelling: string): unknown {
    return applyOperator(name, [this, this.operand(other, spelling)], spelling);
  }

  private matching(name: OperatorName, pattern: unknown): unknown {
    return this.compare(name, pattern, kinds.text);
  }

  private operand(other: unknown, spelling: string, kind?: Kind): Holder {
    return operandOf(other, kind === undefined ? this["~reading"] : { kind, options: {} }, spelling);
  }
}

function operandOf(value: unknown, { kind, options }: Reading, spelling: string): Holder {
  if (isHolder(value)) return value;
  if (value === null) return broken([`.${spelling}(null) is never true; use .isNull() or .isNotNull()`]);
  if (value === undefined) return broken([`.${spelling}() is given undefined`]);
  if (typeof value === "number" && numeric.has(kind.scalar)) return numberOf(value, kind.scalar, spelling);
  if (kind.scalar === "decimal" && typeof value === "string") return decimalOf(value, spelling);
  const parsed = kind.fromJson(value, options);
  return parsed.ok
    ? constantOf(parsed.value, { scalar: kind.scalar })
    : broken([`.${spelling}(${JSON.stringify(value)}): the value ${parsed.message}`]);
}

/** A number takes the narrowest kind that holds it, for all kinds compare: 2.5 beside an integer is a real. */
function numberOf(value: number, beside: Scalar, spelling: string): Holder {
  if (!Number.isFinite(value)) return broken([`.${spelling}(${value}): the value must be a number`]);
  if (Number.isSafeInteger(value)) return constantOf(value === 0 ? 0 : value, { scalar: "integer" });
  const text = String(value);
  return beside === "decimal" && !text.includes("e") ? decimalOf(text, spelling) : constantOf(value, { scalar: "real" });
}

function decimalOf(text: string, spelling: string): Holder {
  const scale = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  const parsed = kinds.decimal.fromJson(text, { precision: 18, scale });
  return parsed.ok
    ? constantOf(parsed.value, { scalar: "decimal", scale })
    : broken([`.${spelling}(${JSON.stringify(text)}): the value ${parsed.message}`]);
}

/** The names of the methods that values have: hidden, on a reference, by columns of the same name. */
export function hasMethod(name: string): boolean {
  return name !== "constructor" && Object.hasOwn(ValueBuilder.prototype, name);
}
