import { isIP } from "node:net";
import { didYouMean } from "./suggest.ts";

// What people write into settings, read: each gives the value, or throws an error whose message says what was expected.

export function oneOf<T extends string>(...values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw new Error(`must be one of ${values.join(", ")}${didYouMean(text, values)}`);
    return value;
  };
}

export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) throw new Error(`must be a whole number from ${minimum} to ${maximum}`);
    return value;
  };
}

export function parseHost(text: string): string {
  if (isIP(text) === 0 && !/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$/.test(text))
    throw new Error("must be an address or a host name");
  return text;
}

export function parseOrigin(text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text.replace(/\/$/, "") || !/^https?:/.test(text)) {
    throw new Error("must be an origin such as https://example.com, without a path");
  }
  return new URL(text).origin;
}

export function parseOrigins(text: string): readonly string[] {
  const origins = text
    .split(",")
    .map((origin) => origin.trim())
    .filter((origin) => origin !== "");
  if (origins.includes("*") && origins.length > 1) throw new Error("must be '*' alone, or a list of origins");
  return origins.map((origin) => (origin === "*" ? origin : parseOrigin(origin)));
}

export function parseText(text: string): string {
  if (text === "") throw new Error("must not be empty");
  return text;
}
