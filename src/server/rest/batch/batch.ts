import { authorOf, type Caller } from "#application";
import { createPacer } from "#base";
import { AppError, toAppError } from "#contract";
import type { Answer, Exchange } from "../../http/exchange.ts";
import { vary } from "../read/answer-rows.ts";
import { readOperations } from "./batch-operation.ts";
import { parsePrefer } from "../headers/prefer.ts";
import { contentTypeOf, parseJson, readText } from "../body/request-body.ts";
import { forBodies, overLimit } from "../rest-limits.ts";
import { inUnit, type RestPorts } from "../rest-request.ts";

/** Answers one request under `/rest/v1/`, whichever way it came. */
export type AnswerPart = (ports: RestPorts, exchange: Exchange, caller: Caller) => Promise<Answer>;

/** Milliseconds that a part may hold everybody up with what it reads behind a change: as long as a scan may delay any other caller. */
export const HELD_TIME = 50;

const forBatch: ReadonlySet<"json"> = new Set(["json"]);

/**
 * POST of `/rest/v1`: several requests in one transaction, in order; each sees what those before it wrote, and all are answered, or none
 * has happened. Every one takes the road of a request by itself, as the caller of the whole. Throws what the first that fails throws,
 * with its number as `operation`.
 */
export async function runBatch(ports: RestPorts, exchange: Exchange, caller: Caller, answerPart: AnswerPart): Promise<Answer> {
  contentTypeOf(exchange, forBatch);
  if (exchange.search !== "") {
    throw new AppError("invalidQuery", { message: "A batch takes no parameters: each operation has its own in its path." });
  }
  const preferences = parsePrefer(exchange.header("prefer"));
  const { limits } = ports;
  const operations = readOperations(parseJson(await readText(exchange, limits), limits), exchange, limits);
  await ports.callers.countBatch(exchange, operations, caller);
  const rollback = preferences.tx === "rollback";
  const parts = await ports.units(
    async (unit) => {
      const within = inUnit({ ...ports, limits: forBodies(limits) }, unit);
      const pace = createPacer();
      const answers: string[] = [];
      let length = 0;
      for (const [operation, part] of operations.entries()) {
        try {
          const answer = renderPart(await answerPart(within, part, caller));
          length += answer.length;
          if (length > limits.batchAnswerLength)
            throw overLimit(limits, "batchAnswerLength", "The answers of a batch are too long");
          answers.push(answer);
        } catch (thrown) {
          throw toAppError(thrown).at({ operation });
        }
        exchange.signal.throwIfAborted();
        await pace();
      }
      return answers;
    },
    {
      signal: exchange.signal,
      author: authorOf(caller, exchange.requestId),
      heldLimit: HELD_TIME,
      ...(rollback ? { rollback } : {}),
    },
  );
  return {
    status: 200,
    headers: {
      "content-type": "application/json; charset=utf-8",
      ...(preferences.tx === undefined ? {} : { "preference-applied": `tx=${preferences.tx}` }),
      vary,
    },
    body: `[${parts.join(",\n")}]`,
  };
}

/** JSON stands in the batch's own as it is; another form is a text. */
function renderPart({ status, headers, body }: Answer): string {
  if (body !== undefined && typeof body !== "string") throw new Error("The answer to a part of a batch is a text.");
  const { vary: _, ...own } = headers;
  const isJson = own["content-type"]?.includes("json") === true;
  const text = body === undefined || body === "" ? "null" : isJson ? body : JSON.stringify(body);
  return `{"status":${status},"headers":${JSON.stringify(own)},"body":${text}}`;
}
