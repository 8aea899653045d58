import { ApiCall, type Call } from "./call.ts";
import type { WriteOptions } from "./call-options.ts";
import { answerOf, batchOf, type Part } from "./in-body.ts";
import type { Transport } from "./transport.ts";

/** Sends calls as one transaction, and gives each its own result. */
export async function sendBatch(
  transport: Transport,
  calls: readonly Call<unknown>[],
  options?: WriteOptions,
): Promise<readonly unknown[]> {
  const taken = calls.map((call) => {
    if (!(call instanceof ApiCall)) throw new TypeError("A batch takes calls of the client.");
    const { signal, timeout, idempotencyKey } = ApiCall.optionsOf(call);
    if (signal !== undefined || timeout !== undefined || idempotencyKey !== undefined)
      throw new TypeError("A batch is one request: give signal, timeout and idempotencyKey to it, not to its calls.");
    return { call: call as ApiCall<unknown>, plan: ApiCall.take<unknown>(call) };
  });
  if (taken.length === 0) return [];
  const request = batchOf(taken.map(({ plan }) => plan.request));
  const answered = transport.send(request, options).then(({ body }) => body as readonly Part[]);
  const results = taken.map(({ call, plan }, index) => {
    const result = answered.then((parts) => plan.read(answerOf(parts[index] as Part)));
    ApiCall.settle(call, result);
    return result;
  });
  return Promise.all(results);
}
