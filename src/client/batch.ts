import { ApiCall, type Call } from "./call.ts";
import type { WriteOptions } from "./call-options.ts";
import type { ApiAnswer, ApiRequest } from "./request.ts";
import type { Transport } from "./transport.ts";

/** An operation's answer within that of the batch. */
interface Part {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

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
  const request: ApiRequest = {
    method: "POST",
    path: "/rest/v1",
    body: taken.map(({ plan }) => operation(plan.request)),
    keyed: true,
  };
  const answered = transport.send(request, options).then(({ body }) => body as readonly Part[]);
  const results = taken.map(({ call, plan }, index) => {
    const result = answered.then((parts) => plan.read(answerOf(parts[index])));
    ApiCall.settle(call, result);
    return result;
  });
  return Promise.all(results);
}

function operation({ method, path, headers, body }: ApiRequest): object {
  return { method, path, headers, body };
}

function answerOf(part: Part | undefined): ApiAnswer {
  const { status = 0, headers = {}, body } = part ?? {};
  return { status, header: (name) => headers[name] ?? null, body: body ?? undefined };
}
