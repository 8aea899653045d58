import { parentPort, workerData } from "node:worker_threads";
import { SqliteConnection } from "../connection.ts";
import { packError } from "../../pack-error.ts";
import type { ThreadAnswer, ThreadOptions, ThreadOrder } from "./thread-messages.ts";

// The program of a thread with one connection of its own: statements come in, their results go out, one after the other.

if (parentPort === null) throw new Error("This file is the program of a thread.");
const port = parentPort;
const { interrupt, ...options } = workerData as ThreadOptions;
const flag = new Int32Array(interrupt);
const connection = new SqliteConnection({ ...options, isInterrupted: () => Atomics.load(flag, 0) !== 0 });

port.on("message", (order: ThreadOrder) => {
  let answer: ThreadAnswer;
  try {
    answer = { id: order.id, result: perform(order) };
  } catch (error) {
    answer = { id: order.id, error: packError(error) };
  }
  port.postMessage(answer);
  if (order.type === "close") port.close();
});

function perform(order: ThreadOrder): unknown {
  switch (order.type) {
    case "all":
      return connection.all(order.sql, order.parameters);
    case "get":
      return connection.get(order.sql, order.parameters);
    case "run":
      return connection.run(order.sql, order.parameters);
    case "execute":
      return connection.any(order.sql, order.parameters);
    case "checkpoint":
      return connection.checkpoint("PASSIVE");
    case "close":
      return connection.close();
  }
}
