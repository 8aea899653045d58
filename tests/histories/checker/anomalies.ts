/**
 * What must not be seen, by the names of Adya ("Weak Consistency", 1999) and, where he has none, of Elle (Kingsbury and
 * Alvaro, 2020).
 */
export const anomalies = {
  "garbage-read": "a value was read that nobody wrote",
  duplicate: "a value that was written once is there twice",
  internal: "a transaction does not see its own writes, or reads one key twice and differently",
  "incompatible-order":
    "two reads disagree on the order of the writes, or a transaction's own writes stand in another than it made them",
  G1a: "aborted read: a value was read that a transaction took back",
  G1b: "intermediate read: a value was read that its own transaction had yet to follow with another",
  "lost-write": "an acknowledged write is not there for a transaction that began after it",
  "lost-update": "two transactions read the same version of a key, and both wrote the next",
  G0: "dirty write: the writes of transactions lie between each other's",
  G1c: "circular information flow: transactions depend on each other's writes",
  "G-single": "read skew: a transaction saw one part of another, and not the rest",
  G2: "write skew: transactions each missed what the other wrote",
  "stale-read": "a transaction did not see what was acknowledged before it began",
  "real-time": "transactions took effect in another order than that in which one was answered before the other was asked for",
} as const;

export type AnomalyName = keyof typeof anomalies;

export interface Anomaly {
  readonly name: AnomalyName;
  /** What was seen, with the numbers of the transactions. */
  readonly explanation: string;
  readonly transactions: readonly number[];
}
