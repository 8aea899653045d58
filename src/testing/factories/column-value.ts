import { decimalText, type Json, type KindOptions, type Stored } from "#contract";
import type { Column } from "#database";
import { madeText } from "./text-value.ts";
import type { Random } from "./random.ts";
import { CannotMakeError, type ValueSource } from "./value-source.ts";

const day = 86_400_000;

/** A random value of the column in its JSON form, within its limits. Not for references and keys that the server makes. */
export function columnValue(column: Column, source: ValueSource): Json {
  const { random } = source;
  const { limits, options } = column;
  switch (column.kind.name) {
    case "integer":
      return wholeBetween(limits, random);
    case "real":
      return realBetween(limits, random);
    case "decimal":
      return decimalBetween(column, random);
    case "bool":
      return random.chance(0.5);
    case "timestamp":
      return new Date(momentBetween(limits, source, 1)).toISOString();
    case "date":
      return new Date(momentBetween(limits, source, day)).toISOString().slice(0, 10);
    case "enum":
      return random.pick(options.values ?? []);
    case "json":
      return jsonFor(column);
    case "uuid":
      return uuid(random);
    case "bytes":
      return bytes(limits, random);
    case "text":
    case "secret":
    case "email":
    case "url":
      return madeText(column, source);
  }
}

type Limits = Column["limits"];

/** Within the limits; where one is missing, near the other. */
function wholeBetween({ min, max }: Limits, random: Random): number {
  const least = number(min) ?? Math.min(0, (number(max) ?? 0) - 1000);
  const most = number(max) ?? Math.max(1000, least + 1000);
  return random.between(Math.ceil(least), Math.min(Number.MAX_SAFE_INTEGER, Math.floor(most)));
}

function realBetween({ min, max }: Limits, random: Random): number {
  const least = number(min) ?? Math.min(0, (number(max) ?? 0) - 1000);
  const most = number(max) ?? Math.max(1000, least + 1000);
  const value = least + random.next() * (most - least);
  const short = Math.round(value * 100) / 100;
  return short >= least && short <= most ? short : Math.min(most, Math.max(least, value));
}

function decimalBetween({ limits: { min, max }, options }: Column, random: Random): string {
  const { scale, most: ceiling } = decimalRange(options);
  const unit = 10n ** BigInt(scale);
  const usual = 1000n * unit;
  const least = big(min) ?? ((big(max) ?? 0n) < 0n ? (big(max) ?? 0n) - usual : 0n);
  const most = big(max) ?? (least + usual > ceiling ? ceiling : least + usual);
  const bounded = least < -ceiling ? -ceiling : least;
  return decimalText(random.bigBetween(bounded, most > ceiling ? ceiling : most), scale);
}

function decimalRange({ precision = 18, scale = 2 }: KindOptions): { readonly scale: number; readonly most: bigint } {
  return { scale, most: 10n ** BigInt(precision) - 1n };
}

/** Within a year of now, where the limits say nothing else; in whole steps of so many milliseconds. */
function momentBetween({ min, max }: Limits, { random, now }: ValueSource, step: number): number {
  const [first, last] = [moment(min), moment(max)];
  const least = first ?? Math.min(now - 365 * day, (last ?? now) - 365 * day);
  const most = last ?? Math.max(now + 365 * day, least + 365 * day);
  return (
    Math.ceil(least / step) * step + random.between(0, Math.max(0, Math.floor(most / step) - Math.ceil(least / step))) * step
  );
}

function number(value: Stored | undefined): number | undefined {
  return value === undefined || value === null ? undefined : Number(value);
}

function big(value: Stored | undefined): bigint | undefined {
  return value === undefined || value === null ? undefined : BigInt(value as number | bigint);
}

function moment(value: Stored | undefined): number | undefined {
  return value === undefined || value === null ? undefined : Date.parse(String(value));
}

const simple: readonly Json[] = [{}, [], "", 0, false, null];

/** A shape is code that only says yes or no: the simplest values are tried. */
function jsonFor({ kind, options }: Column): Json {
  const found = simple.find((value) => {
    const parsed = kind.fromJson(value, options);
    return parsed.ok && parsed.value !== null;
  });
  if (found === undefined) throw new CannotMakeError("needs a value: nothing is known of its shape but which values have it");
  return found;
}

function bytes({ minLength = 0, maxLength }: Limits, random: Random): string {
  const length = random.between(minLength, maxLength ?? Math.max(minLength, 16));
  return `\\x${Array.from({ length }, () => random.below(256).toString(16).padStart(2, "0")).join("")}`;
}

function uuid(random: Random): string {
  const digits = Array.from({ length: 32 }, (_, index) =>
    index === 12 ? "7" : index === 16 ? "89ab"[random.below(4)] : random.below(16).toString(16),
  ).join("");
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join("-");
}
