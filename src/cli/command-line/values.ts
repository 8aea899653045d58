import { InvalidArgumentError } from "commander";
import { parseDuration } from "#base";
import { UsageError } from "./command-error.ts";

/** What an option does that may be repeated: those with another function of their own take one value. */
export const listOption = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];

/** Reads the number of an option before anything is opened; what is none is refused as every other mistype. */
export function wholeNumber(least: number, most = 999_999_999): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  };
}

/** The duration of an option, in milliseconds. With `zero`, `0s` is one too. @throws UsageError */
export function readDuration(option: string, text: string, { zero = false }: { readonly zero?: boolean } = {}): number {
  if (zero && /^0[smhd]?$/.test(text)) return 0;
  try {
    return parseDuration(text);
  } catch (error) {
    throw new UsageError(`${option} ${(error as Error).message}, not '${text}'.`);
  }
}

const AGO = /^\d{1,6}[smhd]$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** A day (of UTC), a time with its zone, or how long ago, as a timestamp. @throws UsageError */
export function readSince(option: string, text: string): string {
  const at = AGO.test(text) ? Date.now() - readDuration(option, text) : isTime(text) ? Date.parse(text) : Number.NaN;
  const time = new Date(at);
  // 30 February would become a day of March.
  if (Number.isNaN(at) || (DATE.test(text) && time.toISOString().slice(0, 10) !== text))
    throw new UsageError(
      `${option} must be a day such as 2026-11-25, a time with its zone such as 2026-11-25T22:00:00Z, or how long ago, such as 12h, not '${text}'.`,
    );
  return time.toISOString();
}

function isTime(text: string): boolean {
  return DATE.test(text) || MOMENT.test(text);
}
