import { type Expression, expressions, type Model, type RowReference, typeOf } from "#database";
import { type Atom, isTrue, isUnknown, mayBeNull, type Truths } from "./atoms.ts";
import { compareConstants, constantOf, type KnownConstant } from "./constants.ts";
import { keyOf } from "./normal-form.ts";

/** An atom with the one truth that it is taken to have. */
export interface Decided {
  readonly atom: Atom;
  readonly truth: Truths;
}

/**
 * Whether what was decided of comparisons contradicts itself: two values of one column, a circle of less-than, an empty interval, a null
 * that is compared. "No" is not a proof that it can be; "yes" is one that it cannot.
 */
export function contradicts(decided: Iterable<Decided>, model: Model): boolean {
  return new Facts(decided, model).isContradiction();
}

class Facts {
  readonly #parents = new Map<string, string>();
  readonly #terms = new Map<string, Expression>();
  readonly #nulls = new Map<string, boolean>();
  readonly #less: { readonly from: string; readonly to: string; readonly strict: boolean }[] = [];
  readonly #different: (readonly [string, string])[] = [];
  #failed = false;

  readonly #model: Model;

  constructor(decided: Iterable<Decided>, model: Model) {
    this.#model = model;
    const unknowns: (readonly [Expression, Expression])[] = [];
    for (const { atom, truth } of decided) {
      if (atom.type === "null") this.#setNull(atom.value, truth === isTrue);
      // Who has related rows is there.
      if (atom.type === "exists" && truth === isTrue) this.#setThere(atom.expression.row);
      if (atom.type !== "eq" && atom.type !== "lt") continue;
      const { left, right } = atom;
      if (truth === isUnknown) {
        unknowns.push([left, right]);
        continue;
      }
      this.#setNull(left, false);
      this.#setNull(right, false);
      if (!isExact(left, right)) continue;
      const [a, b] = [this.#term(left), this.#term(right)];
      if (atom.type === "eq" && truth === isTrue) this.#join(a, b);
      else if (atom.type === "eq") this.#different.push([a, b]);
      else if (truth === isTrue) this.#less.push({ from: a, to: b, strict: true });
      else this.#less.push({ from: b, to: a, strict: false });
    }
    for (const [left, right] of unknowns) {
      const [isLeft, isRight] = [this.#isNull(left), this.#isNull(right)];
      if (isLeft === false && isRight === false) this.#failed = true;
      else if (isLeft === false) this.#setNull(right, true);
      else if (isRight === false) this.#setNull(left, true);
    }
  }

  isContradiction(): boolean {
    if (this.#failed) return true;
    const constants = this.#constants();
    if (constants === undefined) return true;
    if (this.#different.some(([a, b]) => this.#find(a) === this.#find(b))) return true;
    return this.#bounds(constants) || this.#exhausted(constants);
  }

  #isNull(value: Expression): boolean | undefined {
    const known = this.#nulls.get(keyOf(value));
    return known ?? (mayBeNull(value) ? undefined : false);
  }

  #setNull(value: Expression, isNull: boolean): void {
    const known = this.#isNull(value);
    if (known !== undefined && known !== isNull) this.#failed = true;
    this.#nulls.set(keyOf(value), isNull);
    if (!isNull && value.type === "column") this.#setThere(value.row);
  }

  /** A row that is there was led to by a reference that is not empty. */
  #setThere(row: RowReference): void {
    if (row.type === "scope") return;
    const { from, relation } = row;
    const near = this.#model.tables.get(relation.table)?.columns.get(relation.column);
    if (near !== undefined) this.#setNull(expressions.column(from, near), false);
  }

  #term(value: Expression): string {
    const key = keyOf(value);
    this.#terms.set(key, value);
    return key;
  }

  #find(key: string): string {
    let root = key;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent;
    return root;
  }

  #join(a: string, b: string): void {
    const [left, right] = [this.#find(a), this.#find(b)];
    if (left !== right) this.#parents.set(left, right);
  }

  /** The constant that each class of equal values is; undefined where one would be two. */
  #constants(): ReadonlyMap<string, KnownConstant> | undefined {
    const found = new Map<string, KnownConstant>();
    for (const [key, term] of this.#terms) {
      const constant = constantOf(term);
      if (constant === undefined) continue;
      const root = this.#find(key);
      const other = found.get(root);
      if (other !== undefined && (compareConstants(other, constant) ?? 0) !== 0) return undefined;
      found.set(root, constant);
    }
    for (const [a, b] of this.#different) {
      const [left, right] = [found.get(this.#find(a)), found.get(this.#find(b))];
      if (left !== undefined && right !== undefined && compareConstants(left, right) === 0) return undefined;
    }
    return found;
  }

  /** Bounds of every class, pushed along less-than until nothing moves: an empty interval, or a circle that never comes to rest. */
  #bounds(constants: ReadonlyMap<string, KnownConstant>): boolean {
    const roots = [...new Set([...this.#terms.keys()].map((key) => this.#find(key)))];
    // A path over so many steps that it passes a class twice, with a strict one among them, is a circle.
    const reach = new Map<string, boolean>();
    const edges = this.#less.map(({ from, to, strict }) => ({ from: this.#find(from), to: this.#find(to), strict }));
    for (const a of roots)
      for (const b of roots) {
        const [left, right] = [constants.get(a), constants.get(b)];
        const order = left === undefined || right === undefined || a === b ? undefined : compareConstants(left, right);
        if (order !== undefined && order < 0) edges.push({ from: a, to: b, strict: true });
      }
    const path = (a: string, b: string): string => `${a}\u0000${b}`;
    for (const { from, to, strict } of edges) reach.set(path(from, to), strict || reach.get(path(from, to)) === true);
    for (const middle of roots)
      for (const from of roots) {
        const first = reach.get(path(from, middle));
        if (first === undefined) continue;
        for (const to of roots) {
          const second = reach.get(path(middle, to));
          if (second === undefined) continue;
          const known = reach.get(path(from, to));
          reach.set(path(from, to), first || second || known === true);
        }
      }
    if (roots.some((root) => reach.get(path(root, root)) === true)) return true;
    const isAtMost = (a: string, b: string): boolean => a === b || reach.has(path(a, b));
    if (this.#different.some(([a, b]) => isAtMost(this.#find(a), this.#find(b)) && isAtMost(this.#find(b), this.#find(a))))
      return true;
    return this.#isIntegerGap(roots, constants, (a, b) => reach.get(path(a, b)));
  }

  /** No whole number lies between two that follow each other. */
  #isIntegerGap(
    roots: readonly string[],
    constants: ReadonlyMap<string, KnownConstant>,
    reach: (a: string, b: string) => boolean | undefined,
  ): boolean {
    const whole = [...constants].flatMap(([root, { number }]) => (number === undefined ? [] : [[root, number] as const]));
    return roots.some((root) => {
      const term = this.#terms.get(root);
      if (term === undefined || typeOf(term).scalar !== "integer" || constants.has(root)) return false;
      const isCount = term.type === "aggregate" && term.function === "count";
      let [low, high]: [bigint | undefined, bigint | undefined] = [isCount ? 0n : undefined, undefined];
      for (const [other, number] of whole) {
        const [up, down] = [reach(other, root), reach(root, other)];
        if (up !== undefined) {
          const least = up ? floor(number) + 1n : ceil(number);
          low = low === undefined || least > low ? least : low;
        }
        if (down !== undefined) {
          const most = down ? ceil(number) - 1n : floor(number);
          high = high === undefined || most < high ? most : high;
        }
      }
      if (low === undefined || high === undefined) return false;
      if (low > high) return true;
      const out = new Set(this.#excluded(root, constants).flatMap(({ number }) => (number === undefined ? [] : [number])));
      if (high - low > 50n) return false;
      for (let value = low; value <= high; value++) if (!out.has(value * unit)) return false;
      return true;
    });
  }

  /** An enum none of whose members is left. */
  #exhausted(constants: ReadonlyMap<string, KnownConstant>): boolean {
    return [...this.#terms].some(([key, term]) => {
      const members = term.type === "column" ? term.column.options.values : undefined;
      if (members === undefined || this.#isNull(term) !== false) return false;
      const root = this.#find(key);
      const own = constants.get(root);
      if (own !== undefined) return own.text !== undefined && !members.includes(own.text);
      const out = new Set(this.#excluded(root, constants).map(({ text }) => text));
      return members.every((member) => out.has(member));
    });
  }

  #excluded(root: string, constants: ReadonlyMap<string, KnownConstant>): readonly KnownConstant[] {
    return this.#different.flatMap(([a, b]) => {
      const [left, right] = [this.#find(a), this.#find(b)];
      const other = left === root ? constants.get(right) : right === root ? constants.get(left) : undefined;
      return other === undefined ? [] : [other];
    });
  }
}

/** How many of the smallest steps of a decimal are one: see `KnownConstant`. */
const unit = 10n ** 18n;

function floor(number: bigint): bigint {
  return number >= 0n ? number / unit : -((-number + unit - 1n) / unit);
}

function ceil(number: bigint): bigint {
  return -floor(-number);
}

/**
 * Whether comparing these two is comparing their values as they are, so that what follows from several comparisons follows. A real beside
 * another number is rounded, and JSON has many spellings.
 */
function isExact(left: Expression, right: Expression): boolean {
  const [a, b] = [typeOf(left).scalar, typeOf(right).scalar];
  if (a === "json" || b === "json") return false;
  if (a === b) return true;
  const exact = (scalar: string): boolean => scalar === "integer" || scalar === "decimal";
  if (exact(a) && exact(b)) return true;
  const isSmall = (value: Expression): boolean => (constantOf(value)?.number ?? unit << 60n) % unit === 0n && isSafe(value);
  return (a === "real" && isSmall(right)) || (b === "real" && isSmall(left));
}

function isSafe(value: Expression): boolean {
  const number = constantOf(value)?.number;
  return number !== undefined && number < unit << 50n && number > -(unit << 50n);
}
