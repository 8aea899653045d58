import type { ApiAnswer, ApiRequest } from "./request.ts";

/** An operation's answer within that of the batch. */
export interface Part {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Several requests as one, a transaction: the answer to it has a part for each. */
export function batchOf(requests: readonly ApiRequest[]): ApiRequest {
  const body = requests.map((request) => ({ ...request, keyed: undefined }));
  return { method: "POST", path: "/rest/v1", body, keyed: true };
}

export function answerOf({ status, headers, body }: Part): ApiAnswer {
  return { status, header: (name) => headers[name] ?? null, body: body ?? undefined };
}

/** Characters of an address that everything between here and there takes: nginx stops at 8 kB, of which the rest of the line is a part. */
const longestAddress = 4000;

/** What is sent for a request, and how its answer is read. */
interface Sent {
  readonly sent: ApiRequest;
  readonly read: (answer: ApiAnswer) => ApiAnswer;
}

/** A request whose filters are too long for its address has them in its body: a read as a form, a write as the only one of a batch. */
export function inBody(request: ApiRequest): Sent {
  const [path = "", form] = request.path.split("?");
  const read = (answer: ApiAnswer): ApiAnswer => answer;
  if (form === undefined || request.path.length <= longestAddress) return { sent: request, read };
  return request.method === "GET"
    ? { sent: { ...request, method: "POST", path: `${path}/query`, form }, read }
    : { sent: batchOf([request]), read: ({ body }) => answerOf((body as readonly [Part])[0]) };
}
