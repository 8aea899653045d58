import { bind, raw } from "../../sql/sql.ts";
import { type Operator, operator } from "./operator.ts";

/** The moment so many seconds later, as a stored timestamp; null outside the years 1 to 9999. */
export function addSeconds(timestamp: string, seconds: bigint): string | null {
  const moment = Date.parse(timestamp) + Number(seconds) * 1000;
  // Date itself reaches to the year 275760 either side; anything beyond is NaN.
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return null;
  const text = date.toISOString();
  return text.length === 24 && text >= "0001" ? text : null;
}

export const timeOperators: Readonly<Record<"now" | "addSeconds", Operator>> = {
  /** The moment of the request: the same in the whole statement. */
  now: operator({
    spelling: "function",
    arity: [0, 0],
    deterministic: false,
    resultType: () => ({ scalar: "timestamp" }),
    evaluate: (_args, _types, moment) => moment,
    sql: () => bind({ type: "now" }),
  }),
  addSeconds: operator({
    arity: [2, 2],
    resultType: ([moment, seconds]) =>
      moment?.scalar === "timestamp" && seconds?.scalar === "integer" && !moment.list && !seconds.list
        ? { scalar: "timestamp" }
        : "needs a timestamp and an integer",
    evaluate: ([moment, seconds]) => addSeconds(String(moment), seconds as bigint),
    sql: ([moment = raw("NULL"), seconds = raw("NULL")], _types, { dialect }) => dialect.addSeconds(moment, seconds),
  }),
};
