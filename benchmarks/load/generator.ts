import { LoadConnection } from "./connection.ts";
import type { LoadOrder, LoadResult } from "./exchange.ts";

// The program of the load generator's process: an order comes, its result goes back.
process.on("message", (order: LoadOrder) => {
  void generate(order).then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit());

async function generate({ port, requests, connections, milliseconds }: LoadOrder): Promise<LoadResult> {
  const latencies: number[] = [];
  let failure: string | undefined;
  let turn = 0;
  const next = (): string => requests[turn++ % requests.length] ?? "";

  const rest = stayAwake();
  const started = performance.now();
  const deadline = started + milliseconds;
  const links = Array.from({ length: connections }, () =>
    new LoadConnection(port, ({ status, head, ...answer }) => {
      if (status < 200 || status > 299) failure ??= head;
      const isOver = performance.now() >= deadline;
      if (!isOver) latencies.push(answer.milliseconds);
      return isOver || failure !== undefined ? undefined : next();
    }).run(next()),
  );
  await Promise.all(links).catch((error: unknown) => {
    failure ??= String(error);
  });
  rest();

  latencies.sort((left, right) => left - right);
  const percentile = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { answers: latencies.length, milliseconds, p50: percentile(0.5), p99: percentile(0.99), failure };
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
