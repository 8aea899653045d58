import { anomalies, type Anomaly } from "./anomalies.ts";
import { cycleAnomalies } from "./cycles.ts";
import { dependencies } from "./dependencies.ts";
import { directAnomalies } from "./direct.ts";
import type { History, Operation, Transaction } from "./history.ts";
import { readVersions } from "./versions.ts";
import { readWrites } from "./writes.ts";

/**
 * Everything in a history that a strictly serializable database does not do: what follows if all transactions ran one after
 * another, each at some moment between its asking and its answer. Sound: what it finds is wrong. Complete as far as reads tell: who ends
 * a history by reading all keys leaves little untold.
 */
export function check(history: History): readonly Anomaly[] {
  const writes = readWrites(history);
  const versions = readVersions(writes);
  return [...directAnomalies(writes, versions), ...versions.anomalies, ...cycleAnomalies(dependencies(writes, versions))];
}

/** Anomalies with what the transactions did that they name. */
export function describe(history: History, found: readonly Anomaly[]): string {
  const byId = new Map(history.map((transaction) => [transaction.id, transaction]));
  return found
    .map(({ name, explanation, transactions }) => {
      const involved = [...new Set(transactions)].flatMap((id) => byId.get(id) ?? []);
      return [
        `${name}: ${anomalies[name]}`,
        `  ${explanation}`,
        ...involved.map((each) => `  ${describeTransaction(each)}`),
      ].join("\n");
    })
    .join("\n");
}

function describeTransaction({ id, operations, outcome, invoked, completed }: Transaction): string {
  return `T${id} ${outcome} ${invoked.toFixed(2)}..${completed.toFixed(2)}: ${operations.map(describeOperation).join(", ")}`;
}

function describeOperation(operation: Operation): string {
  switch (operation.type) {
    case "append":
      return `append ${operation.value} to ${operation.key}${operation.undone === true ? ", undone" : ""}`;
    case "list":
      return `${operation.key} is [${operation.values.join(" ")}]`;
    case "write":
      return `${operation.key} := ${operation.value}@${operation.version ?? "?"}${operation.undone === true ? ", undone" : ""}`;
    case "read":
      return `${operation.key} is ${operation.value}@${operation.version}`;
  }
}
