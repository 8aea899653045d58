import { type History, isWrite, type Operation, type Transaction } from "../checker/history.ts";

interface State {
  readonly lists: ReadonlyMap<string, readonly number[]>;
  readonly registers: ReadonlyMap<string, { readonly value: number; readonly version: number }>;
}

/**
 * Whether the transactions could have run one after another, each between its asking and its answer: by trying every order. It
 * is what the checker claims to find out, told in the plainest way, and much too slow for more than a few transactions.
 */
export function hasSerialOrder(history: History): boolean {
  const candidates = history.filter(({ outcome }) => outcome !== "aborted");
  return canPlace(candidates, { lists: new Map(), registers: new Map() });
}

function canPlace(left: readonly Transaction[], state: State): boolean {
  // What nobody was told of need not have happened.
  if (left.every(({ outcome }) => outcome === "unknown")) return true;
  const firstEnd = Math.min(...left.map(({ completed }) => completed));
  return left.some((transaction) => {
    if (transaction.invoked > firstEnd) return false;
    const after = apply(transaction.operations, state);
    return (
      after !== undefined &&
      canPlace(
        left.filter((other) => other !== transaction),
        after,
      )
    );
  });
}

/** Undefined where the transaction could not have seen what it saw. */
function apply(operations: readonly Operation[], before: State): State | undefined {
  const lists = new Map(before.lists);
  const registers = new Map(before.registers);
  for (const operation of operations) {
    const { key } = operation;
    if (isWrite(operation) && operation.undone === true) continue;
    switch (operation.type) {
      case "append":
        lists.set(key, [...(lists.get(key) ?? []), operation.value]);
        break;
      case "list":
        if (String(lists.get(key) ?? []) !== String(operation.values)) return undefined;
        break;
      case "write": {
        const version = (registers.get(key)?.version ?? 0) + 1;
        if (operation.version !== undefined && operation.version !== version) return undefined;
        registers.set(key, { value: operation.value, version });
        break;
      }
      case "read": {
        const { value = null, version = 0 } = registers.get(key) ?? {};
        if (value !== operation.value || version !== operation.version) return undefined;
        break;
      }
    }
  }
  return { lists, registers };
}
