import type { Stored } from "#contract";
import { convertValue, targetOf } from "./convert-value.ts";

/** What the sample of a column looks like. */
export interface Profile {
  readonly values: number;
  readonly nulls: number;
  readonly empties: number;
  readonly integers: number;
  readonly reals: number;
  readonly texts: number;
  readonly blobs: number;
  /** Of its numbers. */
  readonly least: number;
  readonly greatest: number;
  /** Of its texts, in characters. */
  readonly longest: number;
  /** Most digits after the point of any number, or text that is one. */
  readonly decimals: number;
  /** Digits before the point. */
  readonly wholeDigits: number;
  /** Every value that is neither null nor empty passes. */
  readonly all: ReadonlySet<Trait>;
  /** Blobs of 16 bytes alone. */
  readonly sixteen: boolean;
}

export type Trait = "timestamp text" | "date text" | "uuid" | "hex uuid" | "email" | "url" | "json" | "truth" | "number";

const [timestamp, date, uuid, email, url, json, decimal] = (
  ["timestamp", "date", "uuid", "email", "url", "json", "decimal"] as const
).map((name) => targetOf(name, name === "decimal" ? { precision: 18, scale: 9 } : {}));

const traits: Readonly<Record<Trait, (value: Exclude<Stored, null>) => boolean>> = {
  "timestamp text": (value) => typeof value === "string" && fits(value, timestamp),
  "date text": (value) => typeof value === "string" && fits(value, date),
  uuid: (value) => typeof value === "string" && value.length === 36 && fits(value, uuid),
  "hex uuid": (value) => typeof value === "string" && /^[0-9a-f]{32}$/.test(value),
  email: (value) => typeof value === "string" && fits(value, email),
  url: (value) => typeof value === "string" && fits(value, url),
  json: (value) => typeof value === "string" && /^\s*[[{]/.test(value) && fits(value, json),
  truth: (value) =>
    typeof value === "string" ? /^(?:t|f|true|false|0|1)$/i.test(value) : Number(value) === 0 || Number(value) === 1,
  number: (value) => typeof value !== "object" && fits(typeof value === "string" ? value : String(value), decimal),
};

function fits(value: string, target: typeof timestamp): boolean {
  return target !== undefined && convertValue(value, target).ok;
}

/** The profiles of columns, over rows that have one value for each. */
export function profileColumns(count: number, rows: Iterable<readonly Stored[]>): readonly Profile[] {
  const profilers = Array.from({ length: count }, createProfiler);
  for (const row of rows) for (const [index, profiler] of profilers.entries()) profiler.add(row[index] ?? null);
  return profilers.map((profiler) => profiler.profile());
}

function createProfiler(): { add(value: Stored): void; profile(): Profile } {
  const counts = { values: 0, nulls: 0, empties: 0, integers: 0, reals: 0, texts: 0, blobs: 0 };
  const bounds = { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY, longest: 0, decimals: 0, wholeDigits: 0 };
  const left = new Set(Object.keys(traits) as Trait[]);
  let sixteen = true;
  return {
    add(value) {
      counts.values++;
      if (value === null) counts.nulls++;
      else if (value === "") {
        counts.empties++;
        counts.texts++;
      } else {
        if (value instanceof Uint8Array) {
          counts.blobs++;
          sixteen &&= value.length === 16;
        } else if (typeof value === "string") {
          counts.texts++;
          bounds.longest = Math.max(bounds.longest, [...value].length);
        } else {
          if (typeof value === "bigint" || Number.isInteger(value)) counts.integers++;
          else counts.reals++;
          bounds.least = Math.min(bounds.least, Number(value));
          bounds.greatest = Math.max(bounds.greatest, Number(value));
        }
        const digits = /^-?(\d+)(?:\.(\d+))?$/.exec(value instanceof Uint8Array ? "" : String(value));
        bounds.wholeDigits = Math.max(bounds.wholeDigits, digits?.[1]?.length ?? 0);
        bounds.decimals = Math.max(bounds.decimals, digits?.[2]?.length ?? 0);
        for (const trait of left) if (!traits[trait](value)) left.delete(trait);
      }
    },
    profile: () => ({
      ...counts,
      ...bounds,
      all: counts.values > counts.nulls + counts.empties ? left : new Set(),
      sixteen: sixteen && counts.blobs > 0,
    }),
  };
}
