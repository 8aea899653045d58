import { type Expression, printExpression } from "#database";

/**
 * JavaScript's own `&&`, `||` and `?:` take a condition for an object, which is always true, and drop it: a rule written with them
 * says less than it seems to. What they leave behind can be seen: a condition that was made and used by nothing.
 */
let made: Set<Expression> | undefined;

/** A condition has come into being. */
export function noteMade(condition: Expression): void {
  if (condition.type !== "constant") made?.add(condition);
}

/** It has become part of another, or is a rule itself. */
export function noteUsed(condition: Expression): void {
  made?.delete(condition);
}

/** Runs code that makes conditions; what of them nothing used, as sentences. */
export function withUnused<T>(work: () => T): { readonly result: T; readonly complaints: readonly string[] } {
  const outer = made;
  made = new Set();
  try {
    const result = work();
    const complaints = [...made].map(
      (condition) =>
        `the condition ${printExpression(condition)} is made and left out; join conditions by .and(), .or() and .not(), not by && || and ?:`,
    );
    return { result, complaints };
  } finally {
    made = outer;
  }
}
