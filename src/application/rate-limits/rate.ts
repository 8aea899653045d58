import { parseDuration } from "#base";

/** So many in so long a time; all of them may come at once, and then they come back one by one. */
export interface Rate {
  readonly amount: number;
  /** Milliseconds. */
  readonly per: number;
}

/** `1200/1m`, or `off` for no limit. Throws an error whose message says what was expected. */
export function parseRate(text: string): Rate | "off" {
  if (text === "off") return "off";
  const [, amount = "", time = ""] = /^(\d{1,9})\/(\w+)$/.exec(text) ?? [];
  try {
    const rate: Rate = { amount: Number(amount), per: parseDuration(time) };
    if (rate.amount >= 1) return rate;
  } catch {
    // Said below, for both halves.
  }
  throw new Error("must be a number and a time, such as 1200/1m, or off");
}
