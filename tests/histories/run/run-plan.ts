import { setImmediate } from "node:timers/promises";
import type { History, Operation, Transaction } from "../checker/history.ts";
import { keyCount, type Plan, type PlannedTransaction } from "./plan.ts";

/** A step with all that it needs: keys by their names, and what it writes. */
export type Task = ReadTask | WriteTask | { readonly do: "pause"; readonly turns: number };

export interface ReadTask {
  readonly do: "list" | "get";
  readonly key: string;
}

export interface WriteTask {
  readonly do: "append" | "set" | "undone";
  readonly key: string;
  readonly value: number;
}

export function isRead(task: Task): task is ReadTask {
  return task.do === "list" || task.do === "get";
}

export function isWrite(task: Task): task is WriteTask {
  return task.do === "append" || task.do === "set" || task.do === "undone";
}

export interface Work extends Pick<PlannedTransaction, "way"> {
  readonly tasks: readonly Task[];
  /** It must not take effect: it is to throw at its end, or to wait there until its time is over. */
  readonly fails: false | "throw" | "stall";
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** A database under test. */
export interface Store {
  /**
   * Runs one transaction and gives what it did and saw. Rejects with `Refused` where nothing of it happened and nothing will, and with
   * anything else for a defect of the test; what came of it is unknown once the signal is aborted.
   */
  run(work: Work): Promise<readonly Operation[]>;
}

/** The database said that the transaction did not happen. */
export class Refused extends Error {
  override readonly name = "Refused";
}

const listNames: readonly string[] = Array.from({ length: keyCount }, (_, index) => `list${index}`);
const registerNames: readonly string[] = Array.from({ length: keyCount }, (_, index) => `register${index}`);

/** Runs a plan against a database, and ends with a transaction that reads every key. */
export async function runPlan({ clients }: Plan, store: Store): Promise<History> {
  const history: Transaction[] = [];
  let value = 0;
  const toTasks = (steps: PlannedTransaction["steps"]): readonly Task[] =>
    steps.map((step): Task => {
      switch (step.do) {
        case "pause":
          return step;
        case "list":
          return { do: "list", key: listNames[step.key] ?? "" };
        case "get":
          return { do: "get", key: registerNames[step.key] ?? "" };
        case "append":
        case "undone":
          return { do: step.do, key: listNames[step.key] ?? "", value: ++value };
        case "set":
          return { do: "set", key: registerNames[step.key] ?? "", value: ++value };
      }
    });
  const runOne = async ({ way, steps, ending, wait }: PlannedTransaction): Promise<Transaction["outcome"]> => {
    await turns(wait);
    const tasks = toTasks(steps);
    const client = new AbortController();
    const id = history.length + 1;
    const invoked = performance.now();
    // Its place in the history is taken when it is asked for.
    history.push({ id, operations: [], outcome: "unknown", invoked, completed: Number.POSITIVE_INFINITY });
    const over = (operations: readonly Operation[], outcome: Transaction["outcome"]): void => {
      const completed = outcome === "unknown" ? Number.POSITIVE_INFINITY : performance.now();
      history[id - 1] = { id, operations, outcome, invoked, completed };
    };
    if (typeof ending === "object") void turns(ending.leave).then(() => client.abort());
    try {
      over(
        await store.run({
          way,
          tasks,
          fails: typeof ending === "string" && ending !== "commit" && ending,
          signal: client.signal,
        }),
        "committed",
      );
    } catch (error) {
      if (error instanceof Refused) over(intended(tasks), "aborted");
      else if (client.signal.aborted) over(intended(tasks), "unknown");
      else throw error;
    }
    return history[id - 1]?.outcome ?? "unknown";
  };
  const ends = await Promise.allSettled(
    clients.map(async (transactions) => {
      for (const transaction of transactions) await runOne(transaction);
    }),
  );
  const defect = ends.find((end) => end.status === "rejected");
  if (defect !== undefined) throw defect.reason;
  const everything = Array.from({ length: keyCount }, (_, key) => [{ do: "list", key } as const, { do: "get", key } as const]);
  const last = { way: 0, steps: everything.flat(), ending: "commit", wait: 0 } as const;
  for (let time = 0; (await runOne(last)) !== "committed"; time++) {
    if (time === 100) throw new Error("The database refuses to be read at the end.");
  }
  return history;
}

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

/** What a transaction would have written: of one that did not commit nothing more is known. */
function intended(tasks: readonly Task[]): readonly Operation[] {
  return tasks.flatMap((task): Operation[] => {
    switch (task.do) {
      case "append":
        return [{ type: "append", key: task.key, value: task.value }];
      case "undone":
        return [{ type: "append", key: task.key, value: task.value, undone: true }];
      case "set":
        return [{ type: "write", key: task.key, value: task.value, version: undefined }];
      case "list":
      case "get":
      case "pause":
        return [];
    }
  });
}
