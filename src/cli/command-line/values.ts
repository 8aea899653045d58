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
const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d:?\d\d)$/i;

/** A time with its zone, as commands print it too, or how long ago, in milliseconds since 1970; undefined for what is neither. */
export function readMoment(text: string, now: number): number | undefined {
  if (AGO.test(text)) return Number.parseInt(text, 10) > 0 ? now - parseDuration(text) : undefined;
  const [, day = "", time, zone = ""] = TIME.exec(text) ?? [];
  const at = isDay(day) ? Date.parse(`${day}T${time}${zone.toUpperCase().replace("UTC", "Z")}`) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Of 30 February Date.parse makes a day of March. */
function isDay(text: string): boolean {
  const at = DAY.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** A day (of UTC), a time with its zone, or how long ago, as a timestamp. @throws UsageError */
export function readSince(option: string, text: string): string {
  const at = isDay(text) ? Date.parse(text) : readMoment(text, Date.now());
  if (at === undefined)
    throw new UsageError(
      `${option} must be a day such as 2026-11-25, a time with its zone such as 2026-11-25T22:00:00Z, or how long ago, such as 12h, not '${text}'.`,
    );
  return new Date(at).toISOString();
}
