import type { ChildProcess } from "node:child_process";

/** Sends an order to a program of ours, and gives what it sends back. Rejects where it ends instead. */
export function ask<R>(program: ChildProcess, order: object): Promise<R> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`A program of the benchmark ended with ${code}.`));
    program.once("exit", onExit).once("message", (result) => {
      program.off("exit", onExit);
      resolve(result as R);
    });
    program.send(order);
  });
}
