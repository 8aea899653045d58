import { Agent, request } from "node:http";
import type { Operation, Outcome } from "./ledger.ts";

/** How an operation goes over the wire. */
interface Sending {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface Client {
  /** Asks once; no answer within `patience` milliseconds is none. */
  send(operation: Operation, options?: { readonly key?: string }): Promise<Outcome>;
  /** Any request, for what is not in the ledger. Throws where no answer came. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  close(): void;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface ClientOptions {
  /** Milliseconds that it waits for an answer. Default 20,000. */
  readonly patience?: number;
  /** Who is asking; nobody by default. */
  readonly token?: string | undefined;
}

export function createClient(url: string, { patience = 20_000, token }: ClientOptions = {}): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const ask = (sending: Sending, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const text = sending.body === undefined ? undefined : JSON.stringify(sending.body);
      const sent = request(
        `${url}${sending.path}`,
        {
          method: sending.method,
          agent,
          timeout: patience,
          headers: {
            ...(text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...headers,
          },
        },
        (response) => {
          let answer = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
          response.on("end", () => {
            // A connection that ends in the middle of an answer is none.
            if (!response.complete) reject(new Error("The answer broke off."));
            else resolve({ status: response.statusCode ?? 0, text: answer, headers: response.headers });
          });
          response.on("error", reject);
        },
      );
      sent.on("timeout", () => sent.destroy(new Error(`No answer within ${patience} ms.`)));
      sent.on("error", reject);
      sent.end(text);
    });
  return {
    async send(operation, { key } = {}) {
      try {
        const headers: Record<string, string> = { prefer: "return=representation", accept: "application/json" };
        if (key !== undefined) headers["idempotency-key"] = key;
        return outcomeOf(operation, await ask(sendingOf(operation), headers));
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === "ECONNREFUSED") return { type: "refused", status: 0, code };
        return { type: "unknown", reason: code ?? (error as Error).message };
      }
    },
    ask: (method, path, body, headers) => ask({ method, path, body }, headers),
    close: () => agent.destroy(),
  };
}

function sendingOf(operation: Operation): Sending {
  switch (operation.type) {
    case "note":
      return { method: "POST", path: "/rest/v1/notes", body: { slug: operation.slug, body: operation.body } };
    case "rewrite":
      return { method: "PATCH", path: `/rest/v1/notes?slug=eq.${operation.slug}`, body: { body: operation.body } };
    case "remove":
      return { method: "DELETE", path: `/rest/v1/notes?slug=eq.${operation.slug}` };
    case "tick":
      return { method: "POST", path: "/rest/v1/rpc/tick", body: { number: operation.number, counter: operation.counter } };
    case "order":
      return { method: "POST", path: "/rest/v1/rpc/place_order", body: { number: operation.number, amounts: operation.amounts } };
    case "transfer": {
      const { type: _type, ...body } = operation;
      return { method: "POST", path: "/rest/v1/rpc/transfer", body };
    }
  }
}

function outcomeOf(operation: Operation, { status, text }: Reply): Outcome {
  let answer: unknown;
  try {
    answer = text === "" ? undefined : JSON.parse(text);
  } catch {
    return { type: "unknown", reason: `The answer ${status} is no JSON: ${text.slice(0, 100)}` };
  }
  if (status >= 200 && status < 300) {
    const rows = Array.isArray(answer) ? answer : [answer];
    // A change of no row is an answer too, and says that the note was not there.
    if (rows.length === 0) return { type: "refused", status, code: "no row" };
    return { type: "acknowledged", answer: operation.type === "note" || operation.type === "rewrite" ? rows[0] : answer };
  }
  const { code = "" } = (answer ?? {}) as { readonly code?: string };
  if (code === "08007") return { type: "unknown", reason: code };
  return { type: "refused", status, code };
}
