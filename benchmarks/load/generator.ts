import { LoadConnection } from "./connection.ts";
import { percentile } from "../measure/statistics.ts";
import type { LoadOrder, LoadResult } from "./exchange.ts";

// The program of the load generator's process: orders come, which are carried out at the same time, and their results go back.
process.on("message", (orders: readonly LoadOrder[]) => void carryOut(orders));
process.on("disconnect", () => process.exit());

async function carryOut(orders: readonly LoadOrder[]): Promise<void> {
  const rest = stayAwake();
  const results = await Promise.all(orders.map(generate));
  rest();
  process.send?.(results);
}

async function generate({ port, requests, connections, milliseconds, alsoGood }: LoadOrder): Promise<LoadResult> {
  const latencies: number[] = [];
  let failure: string | undefined;
  let turn = 0;
  const next = (): string => requests[turn++ % requests.length] ?? "";

  const started = performance.now();
  const deadline = started + milliseconds;
  const links = Array.from({ length: connections }, () =>
    new LoadConnection(port, ({ status, head, ...answer }) => {
      if ((status < 200 || status > 299) && status !== alsoGood) failure ??= head;
      const isOver = performance.now() >= deadline;
      if (!isOver) latencies.push(answer.milliseconds);
      return isOver || failure !== undefined ? undefined : next();
    }).run(next()),
  );
  await Promise.all(links).catch((error: unknown) => {
    failure ??= String(error);
  });

  latencies.sort((left, right) => left - right);
  return {
    answers: latencies.length,
    milliseconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    longest: latencies.at(-1) ?? Number.NaN,
    failure,
  };
}

/**
 * Keeps this process from ever waiting for the kernel. One that sleeps must be woken on its core by each write of the server,
 * which in a virtual machine costs the server more time than the rest of a small answer, and the less the faster the server is.
 */
function stayAwake(): () => void {
  let awake = true;
  const spin = (): void => void (awake && setImmediate(spin));
  spin();
  return () => {
    awake = false;
  };
}
