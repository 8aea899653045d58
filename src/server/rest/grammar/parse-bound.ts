import { AppError } from "#contract";
import { shorten } from "./scanner.ts";

const WHOLE = /^-?\d+$/;

/**
 * The number of rows that `limit` or `offset` gives. Negative is `invalidRange` (416), as in PostgREST; no number is
 * `invalidQuery`.
 */
export function parseBound(text: string, parameter: string): number {
  const number = Number(text);
  if (!WHOLE.test(text) || !Number.isSafeInteger(number)) {
    throw new AppError("invalidQuery", {
      message: `The parameter '${shorten(parameter)}' could not be read.`,
      details: `Expected a whole number, found ${JSON.stringify(shorten(text))}.`,
    });
  }
  if (number < 0) {
    const what = parameter.endsWith("offset") ? "Offset" : "Limit";
    throw new AppError("invalidRange", { details: `${what} should be greater than or equal to zero.` });
  }
  return number + 0;
}
